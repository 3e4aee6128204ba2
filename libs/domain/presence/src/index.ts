export { PresenceModule, PresenceSweepModule } from './presence.module';
export { PresenceRecords } from './presence-records';
export { PresenceService } from './presence.service';
export { PresenceSight, SharedConversations, type Sighting } from './presence-sight';
export { PresenceSweep } from './presence-sweep';
export { absentView, newsOf, presenceView } from './presence.view';
