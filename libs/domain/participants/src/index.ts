export { ConversationAccess, type VisibleSeqs } from './conversation-access';
export type { NewParticipant } from './participant.policy';
export { ParticipantService } from './participant.service';
export { ParticipantWriter, type WritePlace, type Written } from './participant.writer';
export { ParticipantsModule } from './participants.module';
