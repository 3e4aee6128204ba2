export { ConversationAccess, type VisibleSeqs } from './conversation-access';
export { assertChangeable, MessageAccess, type Changed, type LockedMessage } from './message-access';
export { assertAllowed, type NewParticipant, type Standing } from './participant.policy';
export { ParticipantService } from './participant.service';
export { ParticipantWriter, type WritePlace, type Written } from './participant.writer';
export { ParticipantsModule } from './participants.module';
