import type { ConversationSync, DurableEvent, ReadState, ReadUpdatedData } from '@parley/contracts/wire';
import type { History, OpenCall } from '../history/history';
import type { Place, ReadTold, Sight } from '../history/history.types';
import { eventSight, readSight } from '../history/sight';

const durable = /^(message|reaction|pin|participant|conversation|history|void)/;

/** Writes into the history what one client receives and applies. */
export class TimelineRecorder {
  private connection = 0;
  private connected = false;

  constructor(
    private readonly history: History,
    readonly client: string,
    readonly user: string,
    private readonly tenant: string,
  ) {}

  connect(): void {
    this.connection += 1;
    this.connected = true;
    const { tenant, client, user, connection } = this;
    this.history.add({ type: 'connect', tenant, client, user, connection });
  }

  disconnect(reason: string): void {
    if (!this.connected) return;
    this.connected = false;
    const { client, user, connection } = this;
    this.history.add({ type: 'disconnect', client, user, connection, reason });
  }

  receive(event: DurableEvent, via: 'live' | 'sync'): void {
    this.history.add({ type: 'recv', ...this.seen(event), via, connection: this.connection });
  }

  apply(event: DurableEvent): void {
    this.history.add({ type: 'apply', ...this.seen(event) });
  }

  /** `wire`: as the server told it; `app`: as the client gave it on. */
  read(via: ReadTold['via'], state: ReadState): void {
    this.history.add({ type: 'read', via, client: this.client, user: this.user, read: readSight(state) });
  }

  /** One call for each conversation that a `sync` asks about. */
  sync(cursors: readonly (readonly [string, number])[]): SyncCalls {
    const calls = cursors.map(
      ([conversation, after]) =>
        [
          conversation,
          this.history.invoke(this.client, this.user, { name: 'sync', conversation, after }),
        ] as const,
    );
    return {
      answered: (answers) => {
        const byConversation = new Map(answers.map((answer) => [answer.conversationId, answer]));
        for (const [conversation, call] of calls) this.answered(byConversation.get(conversation), call);
      },
      failed: (reason) => {
        for (const [, call] of calls) call.unknown(reason);
      },
    };
  }

  private answered(answer: ConversationSync | undefined, call: OpenCall): void {
    if (answer === undefined) return call.unknown('the answer left this conversation out');
    const { events, head, more, gap, left, conversationId: conversation } = answer;
    call.ok({
      name: 'sync',
      places: events.map((event): Place => [event.seq, idOf(event)]),
      sights: events.map(eventSight).filter((sight) => sight !== undefined),
      head,
      more,
      ...(gap === undefined ? {} : { gapTo: gap.to }),
      ...(left === undefined ? {} : { left }),
    });
    if (gap !== undefined) {
      const { client, user } = this;
      this.history.add({ type: 'gap', client, user, conversation, from: gap.from, to: gap.to });
    }
    for (const event of events) this.receive(event, 'sync');
  }

  private seen(event: DurableEvent): {
    client: string;
    user: string;
    conversation: string;
    seq: number;
    id: string;
    event: string;
    sight?: Sight;
  } {
    const { client, user } = this;
    const sight = eventSight(event);
    return {
      client,
      user,
      conversation: event.conversationId,
      seq: event.seq,
      id: idOf(event),
      event: event.type,
      ...(sight === undefined ? {} : { sight }),
    };
  }
}

export interface SyncCalls {
  answered(answers: readonly ConversationSync[]): void;
  failed(reason: string): void;
}

/** The user's own state, where `read.updated` tells it. */
export function ownReadState(name: string, payload: unknown): ReadState | undefined {
  return name === 'read.updated' ? (payload as { data: ReadUpdatedData }).data.state : undefined;
}

export function isDurable(name: string, payload: unknown): payload is DurableEvent {
  return durable.test(name) && typeof payload === 'object' && payload !== null && 'seq' in payload;
}

function idOf(event: DurableEvent): string {
  return event.type === 'void' ? '' : event.id;
}
