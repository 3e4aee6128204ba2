import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AuditPageQueryDto } from '@parley/contracts/dto';
import { limits, type AuditEntryView, type Page } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { assertMayReadAudit } from './audit.policy';
import { AuditRepository, type AuditCursor } from './audit.repository';

const cursorSchema: z.ZodType<AuditCursor> = z.tuple([z.iso.datetime(), z.uuid()]);

/** Shows what was written down. */
@Injectable()
export class AuditService {
  constructor(
    private readonly db: Db,
    private readonly repository: AuditRepository,
  ) {}

  /** The newest first. @throws AppError `permission.denied`, `scope.missing`, `cursor.invalid` */
  async list(actor: Actor, query: AuditPageQueryDto): Promise<Page<AuditEntryView>> {
    assertMayReadAudit(actor);
    const { cursor, limit = limits.pageDefaultItems, ...filter } = query;
    const after = decodeCursor(cursor, cursorSchema);
    const entries = await this.db.tx(actor.tenantId, (tx) =>
      this.repository.list(tx, filter, after, limit + 1),
    );
    return pageOf(entries, limit, ({ at, id }): AuditCursor => [at, id]);
  }
}
