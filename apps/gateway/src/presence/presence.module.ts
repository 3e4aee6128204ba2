import { Module } from '@nestjs/common';
import { PresenceSight, PresenceSweepModule } from '@parley/domain/presence';
import { BusInlet } from '../live/bus-inlet';
import { IndexedSight } from './indexed-sight';
import { LocalPresence } from './local-presence';
import { PresenceAudience } from './presence-audience';
import { PresenceDuties, PresenceUpkeep } from './presence-upkeep';
import { PresenceBounds, PresenceWatching } from './presence-watching';
import { SharedPresence } from './shared-presence';

/** Presence of the connections of this gateway. */
@Module({
  imports: [PresenceSweepModule],
  providers: [
    LocalPresence,
    SharedPresence,
    PresenceAudience,
    { provide: PresenceSight, useClass: IndexedSight },
    PresenceBounds,
    PresenceWatching,
    PresenceDuties,
    PresenceUpkeep,
  ],
  exports: [PresenceSweepModule, LocalPresence, SharedPresence, PresenceAudience, PresenceWatching],
})
export class GatewayPresenceModule {
  constructor(inlet: BusInlet, audience: PresenceAudience, local: LocalPresence) {
    inlet.onPresence({ presence: (news) => audience.hear(news), choice: (choice) => local.choose(choice) });
  }
}
