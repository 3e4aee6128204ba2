import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQueryDto } from '@parley/contracts/dto';
import { limits, type Page, type RevisionView } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { assertAllowed, ConversationAccess, MessageAccess } from '@parley/domain/participants';
import { canReadRevisions } from './message.policy';
import { RevisionRepository } from './revision.repository';

/** Shows what messages said before they were edited or deleted. */
@Injectable()
export class RevisionService {
  constructor(
    private readonly messages: MessageAccess,
    private readonly access: ConversationAccess,
    private readonly repository: RevisionRepository,
  ) {}

  /**
   * What the message said before, the newest first; of a deleted one for moderators alone, and for so long as the tenant
   * keeps it.
   * @throws AppError `conversation.not_found`, `message.not_found`, `permission.denied`, `cursor.invalid`
   */
  async list(
    actor: Actor,
    conversationId: string,
    messageId: string,
    query: PageQueryDto,
  ): Promise<Page<RevisionView>> {
    assertScope(actor, 'messages');
    const before = decodeCursor(query.cursor, z.int().min(1));
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.messages.read(actor, conversationId, messageId, async (tx, message) => {
      assertAllowed(canReadRevisions(await this.access.moderates(tx, actor), message));
      return this.repository.list(tx, { conversationId, messageSeq: message.seq }, before, limit + 1);
    });
    return pageOf(rows, limit, ({ version }) => version);
  }
}
