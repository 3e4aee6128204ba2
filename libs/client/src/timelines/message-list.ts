import type { MessageView, ReactionChangedData, StoredEvent } from '@parley/contracts/wire';

/**
 * The messages of one conversation in the order of the timeline, as an app shows them: pages that were read go in, events
 * keep them as they are. An event that is older than what was read changes nothing for good: what follows it is given, too.
 */
export class MessageList {
  private readonly messages = new Map<number, MessageView>();

  /** `userId`: whose reactions are `mine`. */
  constructor(private readonly userId: string) {}

  /** By seq. */
  get all(): MessageView[] {
    return [...this.messages.values()].sort((a, b) => a.seq - b.seq);
  }

  find(messageId: string): MessageView | undefined {
    return this.all.find(({ id }) => id === messageId);
  }

  /** Takes messages that were read; what is there in a newer version, or deleted, stays. */
  add(messages: readonly MessageView[]): void {
    for (const message of messages) {
      const known = this.messages.get(message.seq);
      if (known === undefined || !isOlder(message, known)) this.messages.set(message.seq, message);
    }
  }

  /** Applies an event; the message that it changed, where it is here. */
  apply(event: StoredEvent): MessageView | undefined {
    switch (event.type) {
      case 'message.created':
        this.add([{ ...event.data, reactions: [] }]);
        return this.messages.get(event.data.seq);
      case 'message.updated':
        return this.change(event.data.seq, (known) =>
          isOlder(event.data, known) ? known : { ...event.data, reactions: known.reactions ?? [] },
        );
      case 'message.deleted':
        return this.change(event.data.messageSeq, (known) => tombstone(known, event.at));
      case 'reaction.added':
      case 'reaction.removed':
        return this.change(event.data.messageSeq, (known) =>
          this.withReaction(known, event.data, event.actor === this.userId, event.type === 'reaction.added'),
        );
      case 'history.reset':
        for (const seq of [...this.messages.keys()])
          if (seq < event.data.visibleFrom) this.messages.delete(seq);
        return undefined;
      default:
        return undefined;
    }
  }

  private change(seq: number, change: (message: MessageView) => MessageView): MessageView | undefined {
    const known = this.messages.get(seq);
    if (known === undefined) return undefined;
    const changed = change(known);
    this.messages.set(seq, changed);
    return changed;
  }

  private withReaction(
    message: MessageView,
    { key, count }: ReactionChangedData,
    own: boolean,
    added: boolean,
  ): MessageView {
    if (message.deletedAt !== null) return message;
    const reactions = message.reactions ?? [];
    const before = reactions.find((reaction) => reaction.key === key);
    const mine = own ? added : before?.mine === true;
    const after = { key, count, ...(mine ? { mine } : {}) };
    if (before === undefined) return count === 0 ? message : { ...message, reactions: [...reactions, after] };
    const kept = reactions.map((reaction) => (reaction === before ? after : reaction));
    return { ...message, reactions: kept.filter((reaction) => reaction.count > 0) };
  }
}

function isOlder(message: MessageView, known: MessageView): boolean {
  return message.version < known.version || (known.deletedAt !== null && message.deletedAt === null);
}

function tombstone(message: MessageView, deletedAt: string): MessageView {
  return { ...message, text: '', mentions: [], metadata: {}, reactions: [], deletedAt };
}
