import { Injectable } from '@nestjs/common';
import { Timeline, type Membership } from '@parley/domain/timeline';
import { KeptApart } from './kept-apart';

/** Reads what a gateway must know of users before they are told anything. */
@Injectable()
export class AudienceReader {
  constructor(
    private readonly timeline: Timeline,
    readonly apart: KeptApart,
  ) {}

  /** Every current membership of these users; whom blocks keep from them is known then too. @throws AppError `service.unavailable` */
  async read(tenantId: string, userIds: string[]): Promise<Membership[]> {
    const [memberships] = await Promise.all([
      this.timeline.audience(tenantId, userIds),
      this.apart.read(tenantId, userIds),
    ]);
    return memberships;
  }
}
