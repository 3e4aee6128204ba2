import { Controller, Get, Query } from '@nestjs/common';
import { AuditPageQueryDto } from '@parley/contracts/dto';
import type { AuditEntryView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { AuditService } from '@parley/domain/audit';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Administration')
@Limited('admin')
@Controller('v1/admin/audit-entries')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Documented({
    id: 'listAuditEntries',
    summary: 'See what was done to others, the newest first',
    description:
      'For admins of the tenant and server keys. `actor` is a user’s id or a server key’s, `target` the id of whom or what ' +
      'it was done to. Entries are written with the act itself and never change.',
    scope: 'audit',
    query: AuditPageQueryDto,
    answers: { 200: pageOf(wire('AuditEntryView')) },
    errors: ['permission.denied', 'cursor.invalid'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: AuditPageQueryDto): Promise<Page<AuditEntryView>> {
    return this.audit.list(actor, query);
  }
}
