import { Module } from '@nestjs/common';
import { PresenceRecords } from './presence-records';
import { PresenceService } from './presence.service';
import { PresenceSight, SharedConversations } from './presence-sight';
import { PresenceSweep } from './presence-sweep';

/** Ends presence whose time is over; for the worker, which answers nobody. */
@Module({ providers: [PresenceRecords, PresenceSweep], exports: [PresenceRecords, PresenceSweep] })
export class PresenceSweepModule {}

@Module({
  imports: [PresenceSweepModule],
  providers: [PresenceService, { provide: PresenceSight, useClass: SharedConversations }],
  exports: [PresenceSweepModule, PresenceService, PresenceSight],
})
export class PresenceModule {}
