import type { Connection } from './client.types';

/** A durable event as it came, or the `void` that holds the place of one. */
export interface TimelineEvent {
  type: string;
  conversationId: string;
  seq: number;
  actor?: string | null;
  data?: Record<string, unknown>;
}

/** What came of a conversation, in the order in which it came. */
export function timelineOf(connection: Connection, conversationId: string): TimelineEvent[] {
  return connection.received.flatMap(({ name, payload }) => {
    const event = payload as Partial<TimelineEvent> | null;
    if (typeof event?.seq !== 'number' || event.conversationId !== conversationId) return [];
    return [{ ...event, type: event.type ?? name } as TimelineEvent];
  });
}

export function seqsOf(connection: Connection, conversationId: string): number[] {
  return timelineOf(connection, conversationId).map(({ seq }) => seq);
}

/** from, from + 1, …, to. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
