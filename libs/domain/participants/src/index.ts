export { ConversationAccess, type VisibleSeqs } from './conversation-access';
export { assertChangeable, MessageAccess, type Changed, type LockedMessage } from './message-access';
export { assertAllowed, type NewParticipant, type Standing } from './participant.policy';
export { type ParticipantRow } from './participant.repository';
export { ParticipantService } from './participant.service';
export { participantView } from './participant.view';
export { ParticipantWriter, type WritePlace, type Written } from './participant.writer';
export { ParticipantsModule } from './participants.module';
