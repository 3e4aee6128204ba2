import type { ChaosClient } from '../clients/chaos-client';
import type { ChangeCall, Place } from '../history/history.types';
import type { Random } from '../random';
import type { Conversation } from './world';

interface Sent {
  conversation: string;
  user: string;
  seq: number;
  id: string;
}

/** Shares of the messages that are followed by such a change. */
const shares = { edit: 0.06, delete: 0.04, reaction: 0.05, read: 0.06 } as const;
/** Two edits at once, or an edit beside the deletion. */
const togetherShare = 0.2;
const rememberedMax = 40;
const reactionKeys = ['heart', '🎉', '👀'];

/** Edits, deletions, reactions and read marks: of what was sent lately, by those who may, also of what is gone already. */
export class MessageChanges {
  private readonly remembered = new Map<string, Sent[]>();
  private edits = 0;

  constructor(private readonly canary: string) {}

  /** Something that was sent lately, anywhere. */
  any(random: Random): Sent | undefined {
    const conversations = [...this.remembered.values()];
    return conversations.length === 0 ? undefined : random.pick(conversations).at(-1);
  }

  /** A message that was acked, and may be changed from now on. */
  note({ user }: ChaosClient, conversation: string, [seq, id]: Place): void {
    const sent = this.remembered.get(conversation) ?? [];
    sent.push({ conversation, user, seq, id });
    if (sent.length > rememberedMax) sent.shift();
    this.remembered.set(conversation, sent);
  }

  /** What this client does now, if anything. */
  async change(client: ChaosClient, conversation: Conversation, random: Random): Promise<void> {
    const sent = this.remembered.get(conversation.id) ?? [];
    const last = sent.at(-1);
    if (last === undefined) return;
    const own = sent.filter(({ user }) => user === client.user);
    const isOwner = conversation.members[0] === client.user;
    const calls: ChangeCall[] = [];
    if (own.length > 0 && random.chance(shares.edit)) calls.push(...this.editsOf(random.pick(own), random));
    const deletable = isOwner ? sent : own;
    if (deletable.length > 0 && random.chance(shares.delete)) {
      const target = random.pick(deletable);
      calls.push({ name: 'delete', conversation: target.conversation, message: target.id });
      if (target.user === client.user && random.chance(togetherShare)) calls.push(this.edit(target));
    }
    if (random.chance(shares.reaction)) {
      const name = random.chance(0.7) ? 'react' : 'unreact';
      const { id: message } = random.pick(sent);
      calls.push({
        name,
        conversation: conversation.id,
        message,
        key: random.pick([...reactionKeys, this.canary]),
      });
    }
    if (random.chance(shares.read)) {
      // Also far back: a mark behind another one must not take anything away.
      const seq = random.chance(0.5) ? { seq: random.between(1, last.seq) } : {};
      calls.push({ name: 'read', conversation: conversation.id, ...seq });
    }
    await Promise.all(calls.map((call) => client.change(call)));
  }

  private editsOf(target: Sent, random: Random): ChangeCall[] {
    return random.chance(togetherShare) ? [this.edit(target), this.edit(target)] : [this.edit(target)];
  }

  private edit({ conversation, id: message, seq }: Sent): ChangeCall {
    this.edits += 1;
    return { name: 'edit', conversation, message, text: `${this.canary} edit ${this.edits} of seq ${seq}` };
  }
}
