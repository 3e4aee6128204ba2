export { ConversationAccess, type LockedConversation, type VisibleSeqs } from './conversation-access';
export { assertAllowed, type NewParticipant, type Standing } from './participant.policy';
export { type ParticipantRow } from './participant.repository';
export { ParticipantService } from './participant.service';
export { participantView } from './participant.view';
export { ParticipantWriter, type WritePlace, type Written } from './participant.writer';
export { ParticipantsModule } from './participants.module';
