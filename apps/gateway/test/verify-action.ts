import { MessageList } from '@parley/client';
import {
  toAppError,
  type ConversationRulesView,
  type DurableEvent,
  type MessageView,
  type PinView,
  type StoredEvent,
} from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { MessageService, PinService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { userActor } from '@parley/testing';
import type { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

/** What an app shows of a conversation. */
interface State {
  messages: MessageView[];
  pins: Omit<PinView, 'message'>[];
  /** Undefined: there is no such conversation. */
  rules: ConversationRulesView | undefined;
  /** `role label` by user. */
  participants: Record<string, string>;
}

const nothing: State = { messages: [], pins: [], rules: undefined, participants: {} };

/** A user's state of a conversation: read once, then kept by the events that its socket gets, as an app does. */
export class Observer {
  private messages: MessageList;
  private pins = new Map<number, Omit<PinView, 'message'>>();
  private rules: ConversationRulesView | undefined;
  private participants: Record<string, string> = {};
  private applied = 0;

  constructor(
    private readonly gateways: RunningGateways,
    readonly userId: string,
    readonly socket: TestSocket,
    private readonly conversationId: string,
  ) {
    this.messages = new MessageList(userId);
  }

  async read(): Promise<void> {
    const { messages, pins, rules, participants } = await this.fresh();
    this.rules = rules;
    this.participants = participants;
    this.applied = this.received().length;
    this.messages = new MessageList(this.userId);
    this.messages.add(messages);
    this.pins = new Map(pins.map((pin) => [pin.messageSeq, pin]));
  }

  /** The state fetched afresh. */
  async fresh(): Promise<State> {
    try {
      return await this.fetch();
    } catch (error) {
      if (toAppError(error).code !== 'conversation.not_found') throw error;
      return nothing;
    }
  }

  /** The state that was read, with the events that came since. */
  state(): State {
    for (const event of this.received().slice(this.applied)) if (event.type !== 'void') this.apply(event);
    this.applied = this.received().length;
    if (this.rules === undefined) return nothing;
    return {
      messages: this.messages.all,
      rules: this.rules,
      participants: { ...this.participants },
      pins: [...this.pins.values()].reverse(),
    };
  }

  has(seq: number): boolean {
    return this.received().some((event) => event.seq === seq);
  }

  received(): DurableEvent[] {
    return this.socket.timeline(this.conversationId);
  }

  private async fetch(): Promise<State> {
    const actor = userActor(this.gateways.tenantId, this.userId);
    const messages = await this.gateways.service(MessageService).page(actor, this.conversationId, {});
    const pins = await this.gateways.service(PinService).list(actor, this.conversationId, {});
    const conversation = await this.gateways.service(ConversationService).get(actor, this.conversationId);
    const rules = rulesOf(conversation);
    const listed = await this.gateways.service(ParticipantService).list(actor, this.conversationId, {});
    const participants = Object.fromEntries(listed.data.map((each) => [each.userId, standingOf(each)]));
    return {
      messages: messages.data,
      rules,
      participants,
      pins: pins.data.map(({ message: _, ...pin }) => pin),
    };
  }

  private apply(event: StoredEvent): void {
    this.messages.apply(event);
    if (event.type === 'conversation.updated') this.rules = event.data;
    else if (event.type === 'conversation.deleted') this.rules = undefined;
    else if (event.type === 'history.reset') this.forget(event.data.visibleFrom);
    else if (event.type === 'participant.updated')
      this.participants[event.data.userId] = standingOf(event.data);
    else if (event.type === 'participant.joined')
      for (const each of event.data.participants) this.participants[each.userId] = standingOf(each);
    else if (event.type === 'participant.left')
      this.participants = Object.fromEntries(
        Object.entries(this.participants).filter(([userId]) => userId !== event.data.userId),
      );
    else if (event.type === 'pin.added') {
      const { messageId, messageSeq } = event.data;
      this.pins.set(messageSeq, { messageId, messageSeq, pinnedBy: event.actor, pinnedAt: event.at });
    } else if (event.type === 'pin.removed' || event.type === 'message.deleted') {
      this.pins.delete(event.data.messageSeq);
    }
  }

  private forget(before: number): void {
    for (const seq of this.pins.keys()) if (seq < before) this.pins.delete(seq);
  }
}

function standingOf({ role, label }: { role: string; label: string | null }): string {
  return `${role} ${label ?? ''}`;
}

function rulesOf({
  status,
  visibility,
  history,
  settings,
  subject,
  title,
  metadata,
}: ConversationRulesView): ConversationRulesView {
  return { status, visibility, history, settings, subject, title, metadata };
}
