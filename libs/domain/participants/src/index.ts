export { ConversationAccess, type LockedConversation, type VisibleSeqs } from './conversation-access';
export { ConversationChanges, type Changed } from './conversation-changes';
export { assertChangeable, MessageAccess, type LockedMessage } from './message-access';
export { assertAllowed, canPost, type NewParticipant, type Standing } from './participant.policy';
export { OwnershipService } from './ownership.service';
export { ParticipantService } from './participant.service';
export { ParticipantWriter, type WritePlace, type Written } from './participant.writer';
export { removeParticipants } from './remove-participants';
export { ParticipantsModule } from './participants.module';
