import { Injectable } from '@nestjs/common';
import type { ThreadView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { Timeline } from '@parley/domain/timeline';
import { threadStates } from './thread.functions';
import { threadState } from './thread.view';
import { Threads } from './threads';

/** Where a root is. */
interface RootPlace {
  conversationId: string;
  seq: number;
}

/** Threads as one of their readers sees them in lists. */
@Injectable()
export class ThreadViews {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly threads: Threads,
  ) {}

  /** Those of these threads that the actor may see, in the order of the places. */
  async of(actor: Actor, places: RootPlace[]): Promise<ThreadView[]> {
    if (places.length === 0) return [];
    const { tenantId, userId } = actor;
    const wanted = places.map(({ conversationId, seq }) => ({ conversationId, from: seq, to: seq }));
    const [rows, events] = await Promise.all([
      this.db.hot.call(
        threadStates,
        tenantId,
        userId,
        places.map(({ conversationId }) => conversationId),
        places.map(({ seq }) => seq),
      ),
      this.timeline.ranges(tenantId, wanted, wanted.length),
    ]);
    const roots = events.flatMap((event) => (event.type === 'message.created' ? [event.data] : []));
    const messages = new Map(
      (await this.threads.shown(actor, roots)).map((message) => [placeOf(message), message]),
    );
    const states = new Map(
      rows.map((row) => [placeOf({ conversationId: row.conversation_id, seq: row.root_seq }), row]),
    );
    return places.flatMap((place) => {
      const message = messages.get(placeOf(place));
      const state = states.get(placeOf(place));
      return message === undefined || state === undefined
        ? []
        : [{ ...threadState(message, state), message }];
    });
  }
}

function placeOf({ conversationId, seq }: RootPlace): string {
  return `${conversationId} ${seq}`;
}
