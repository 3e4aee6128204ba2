import type { Hot } from '@parley/platform/database';
import { SendLane, type SendOutcome, type SendRow } from './send-lane';

interface UnderWay {
  lane: SendLane;
  sends: number;
}

/**
 * The lanes of a process. A conversation with sends under way stays in its lane, so that they keep their order and no two
 * batches want its head; any other takes the first lane that is not crowded: full batches one after the other cost far less
 * than two at once, and the other connections are there for what one cannot carry, or does not bring back. Where few are sent
 * there is no batch to fill, and it takes a lane that is free: PostgreSQL works on one while the disk has the other.
 */
export class SendLanes {
  private readonly lanes: readonly SendLane[];
  private readonly conversations = new Map<string, UnderWay>();

  constructor(hot: Hot, handlers: readonly string[]) {
    this.lanes = Array.from({ length: hot.laneCount }, (_, lane) => new SendLane(hot, lane, handlers));
  }

  /** @throws AppError `service.overloaded` where a send into the conversation would be refused at once. */
  assertRoom(conversationId: string): void {
    const lane = this.conversations.get(conversationId)?.lane ?? this.free();
    lane.assertRoom();
  }

  /** Resolves after the commit. @throws AppError `service.overloaded`, `service.unavailable`, `outcome.unknown` */
  async send(tenantId: string, row: SendRow): Promise<SendOutcome> {
    const underWay = this.conversations.get(row.c) ?? { lane: this.free(), sends: 0 };
    underWay.sends += 1;
    this.conversations.set(row.c, underWay);
    try {
      return await underWay.lane.send(tenantId, row);
    } finally {
      underWay.sends -= 1;
      if (underWay.sends === 0) this.conversations.delete(row.c);
    }
  }

  private free(): SendLane {
    let first: SendLane | undefined;
    let least: SendLane | undefined;
    for (const lane of this.lanes) {
      if (!lane.crowded) {
        if (!lane.storesFew) return lane;
        first ??= lane;
      }
      if (least === undefined || lane.queued < least.queued) least = lane;
    }
    const lane = first ?? least;
    if (lane === undefined) throw new RangeError('there is no lane');
    return lane;
  }
}
