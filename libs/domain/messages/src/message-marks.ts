import { Injectable } from '@nestjs/common';
import type { MessageView } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import { ReactionRepository } from '@parley/domain/reactions';
import { Threads } from '@parley/domain/threads';
import { PinRepository } from './pin.repository';

/** What others have put on a message. */
@Injectable()
export class MessageMarks {
  constructor(
    private readonly reactions: ReactionRepository,
    private readonly pins: PinRepository,
    private readonly threads: Threads,
  ) {}

  /** Takes everything off a message that goes; its own event says so, no other follows. */
  async clear(tx: Tx, { conversationId, seq }: MessageView): Promise<void> {
    await this.reactions.clear(tx, conversationId, seq);
    await this.pins.remove(tx, conversationId, seq);
  }

  /** After the commit: whoever follows the thread that has lost a reply is told how it stands. */
  gone(tenantId: string, { conversationId, threadRoot }: MessageView): void {
    if (threadRoot !== null) void this.threads.tell(tenantId, { conversationId, ...threadRoot });
  }
}
