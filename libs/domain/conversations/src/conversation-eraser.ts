import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { conversationEraseJob, type EventOf } from '@parley/contracts/internal';
import type { Tx } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { removeParticipants } from '@parley/domain/participants';
import { Timeline } from '@parley/domain/timeline';

/** Rows of one piece: a few tenths of a second. */
const pieceRows = 2_000;

/** Erases deleted conversations piece by piece; the worker calls it. */
@Injectable()
export class ConversationEraser {
  private readonly outbox = new OutboxAppend();

  constructor(private readonly timeline: Timeline) {}

  /** Erases one piece of each and leaves an event for the rest, in the same transaction. */
  async erase(tx: Tx, events: EventOf<typeof conversationEraseJob>[]): Promise<void> {
    for (const { conversationId } of events) {
      // People first: as long as one is in, it could still read.
      const people = await removeParticipants(tx, conversationId, pieceRows);
      const rows = people < pieceRows ? await this.timeline.erase(tx, conversationId, pieceRows - people) : 0;
      if (people + rows < pieceRows) continue;
      const rest = { id: uuidv7(), event: 'conversation.deleted', conversationId };
      await this.outbox.append(tx, [rest], [conversationEraseJob.name]);
    }
  }
}
