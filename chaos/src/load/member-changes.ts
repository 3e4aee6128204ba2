import { setTimeout as delay } from 'node:timers/promises';
import type { ParticipantView } from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { Random } from '../random';
import { BackendError, type Backend } from '../system/backend';
import type { Conversation } from './world';

const retryMs = 300;
const triesMax = 100;
const backEnd = 'back-end';

/** Lets people into conversations and removes them, while messages are sent; each change until its outcome is known. */
export class MemberChanges {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly conversations: readonly Conversation[],
    private readonly backend: Backend,
    private readonly history: History,
    private readonly random: Random,
  ) {}

  /** Begins the change of one membership that is at rest. */
  begin(): void {
    const conversation = this.random.pickByZipf(this.conversations);
    const floater = conversation.floaters.find(({ busy }) => !busy);
    if (floater === undefined) return;
    floater.busy = true;
    conversation.floaters.push(...conversation.floaters.splice(conversation.floaters.indexOf(floater), 1));
    const change = this.change(conversation.id, floater).finally(() => {
      floater.busy = false;
      this.running.delete(change);
    });
    this.running.add(change);
  }

  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private async change(conversation: string, floater: Conversation['floaters'][number]): Promise<void> {
    for (let attempt = 0; attempt < triesMax; attempt += 1) {
      const done = floater.isMember
        ? await this.remove(conversation, floater.user)
        : await this.add(conversation, floater.user);
      if (done) {
        floater.isMember = !floater.isMember;
        return;
      }
      await delay(retryMs);
    }
  }

  private async add(conversation: string, user: string): Promise<boolean> {
    const call = this.history.invoke(backEnd, backEnd, { name: 'add', conversation, subject: user });
    const path = `/v1/conversations/${conversation}/participants`;
    try {
      await this.backend.call('POST', path, { participants: [{ userId: user }] });
      call.ok({ name: 'add' });
      return true;
    } catch (error) {
      note(call, error);
      return false;
    }
  }

  private async remove(conversation: string, user: string): Promise<boolean> {
    const call = this.history.invoke(backEnd, backEnd, { name: 'remove', conversation, subject: user });
    const path = `/v1/conversations/${conversation}/participants/${user}`;
    try {
      const { participant } = await this.backend.call<{ participant: ParticipantView }>('DELETE', path);
      const { leftSeq } = participant;
      call.ok({ name: 'remove', ...(leftSeq === null ? {} : { leftSeq }) });
      return true;
    } catch (error) {
      note(call, error);
      // An earlier attempt without an answer had done it.
      return error instanceof BackendError && error.code === 'participant.not_found';
    }
  }
}

function note(call: { fail(code: string): void; unknown(reason: string): void }, error: unknown): void {
  if (error instanceof BackendError && error.code !== undefined && !error.retryable) call.fail(error.code);
  else call.unknown((error as Error).message);
}
