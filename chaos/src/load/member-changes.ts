import { setTimeout as delay } from 'node:timers/promises';
import type { ParticipantView } from '@parley/contracts/wire';
import type { History, OpenCall } from '../history/history';
import type { Call, Result } from '../history/history.types';
import type { Random } from '../random';
import { BackendError, type Backend } from '../system/backend';
import type { Conversation, Floater, World } from './world';

const retryMs = 300;
const triesMax = 100;
const backEnd = 'back-end';
const banShare = 0.5;

type MemberCall = Extract<Call, { name: 'add' | 'remove' | 'ban' | 'unban' }>;

/** The code with which a repeat finds that an earlier attempt without an answer had done it. */
const doneBefore: Partial<Record<MemberCall['name'], string>> = {
  remove: 'participant.not_found',
  unban: 'ban.not_found',
};

/**
 * Lets people into conversations, removes them and bans them, while messages are sent; each change until its outcome is known.
 * The back end adds and removes; the owner of the conversation bans.
 */
export class MemberChanges {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly world: World,
    private readonly backend: Backend,
    private readonly history: History,
    private readonly random: Random,
  ) {}

  /** Begins the change of one membership that is at rest. */
  begin(): void {
    const conversation = this.random.pickByZipf(this.world.conversations);
    const floater = conversation.floaters.find(({ busy }) => !busy);
    if (floater === undefined) return;
    floater.busy = true;
    conversation.floaters.push(...conversation.floaters.splice(conversation.floaters.indexOf(floater), 1));
    const change = this.change(conversation, floater).finally(() => {
      floater.busy = false;
      this.running.delete(change);
    });
    this.running.add(change);
  }

  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async change(conversation: Conversation, floater: Floater): Promise<void> {
    const { user: subject } = floater;
    if (floater.isMember) {
      const name = this.random.chance(banShare) ? 'ban' : 'remove';
      if (!(await this.untilDone(conversation, { name, conversation: conversation.id, subject }))) return;
      floater.isMember = false;
      floater.isBanned = name === 'ban';
      return;
    }
    if (floater.isBanned) {
      // It must be refused as long as the ban holds.
      await this.attempt(conversation, { name: 'add', conversation: conversation.id, subject });
      const unban = { name: 'unban', conversation: conversation.id, subject } as const;
      if (!(await this.untilDone(conversation, unban))) return;
      floater.isBanned = false;
    }
    const add = { name: 'add', conversation: conversation.id, subject } as const;
    if (await this.untilDone(conversation, add)) floater.isMember = true;
  }

  private async untilDone(conversation: Conversation, call: MemberCall): Promise<boolean> {
    for (let attempt = 0; attempt < triesMax; attempt += 1) {
      if (await this.attempt(conversation, call)) return true;
      await delay(retryMs);
    }
    return false;
  }

  private async attempt(conversation: Conversation, call: MemberCall): Promise<boolean> {
    const open = this.history.invoke(backEnd, backEnd, call);
    try {
      open.ok(await this.ask(conversation, call));
      return true;
    } catch (error) {
      note(open, error);
      return (
        error instanceof BackendError && error.code !== undefined && error.code === doneBefore[call.name]
      );
    }
  }

  private async ask({ id, members: [owner] }: Conversation, { name, subject }: MemberCall): Promise<Result> {
    const { backend } = this;
    const path = `/v1/conversations/${id}`;
    const token = this.world.people.find(({ user }) => user === owner)?.token;
    switch (name) {
      case 'add':
        await backend.call('POST', `${path}/participants`, { participants: [{ userId: subject }] });
        return { name };
      case 'remove': {
        const { participant } = await backend.call<{ participant: ParticipantView }>(
          'DELETE',
          `${path}/participants/${subject}`,
        );
        return { name, ...(participant.leftSeq === null ? {} : { leftSeq: participant.leftSeq }) };
      }
      case 'ban':
        await backend.call('POST', `${path}/bans`, { userId: subject }, token);
        return { name };
      case 'unban':
        await backend.call('DELETE', `${path}/bans/${subject}`, undefined, token);
        return { name };
    }
  }
}

function note(call: OpenCall, error: unknown): void {
  if (error instanceof BackendError && error.code !== undefined && !error.retryable) call.fail(error.code);
  else call.unknown((error as Error).message);
}
