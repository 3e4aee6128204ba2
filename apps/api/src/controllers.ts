import type { Type } from '@nestjs/common';
import { AuditController } from './audit/audit.controller';
import { ConversationBanController } from './bans/conversation-ban.controller';
import { UserBanController } from './bans/user-ban.controller';
import { BlockController } from './blocks/block.controller';
import { ChannelController } from './channels/channel.controller';
import { ConversationController } from './conversations/conversation.controller';
import { HealthController } from './health/health.controller';
import { ImportController } from './imports/import.controller';
import { DraftController } from './inbox/draft.controller';
import { PersonalSettingsController } from './inbox/personal-settings.controller';
import { ReadController } from './inbox/read.controller';
import { InvitationController } from './invitations/invitation.controller';
import { KeyController } from './keys/key.controller';
import { LimitController } from './limits/limit.controller';
import { MessageChangeController } from './messages/message-change.controller';
import { MessageController } from './messages/message.controller';
import { PermalinkController } from './messages/permalink.controller';
import { PinController } from './messages/pin.controller';
import { ReactionController } from './messages/reaction.controller';
import { ThreadController } from './messages/thread.controller';
import { OperatorTenantController } from './operator/operator-tenant.controller';
import { OwnershipController } from './participants/ownership.controller';
import { ParticipantController } from './participants/participant.controller';
import { SearchController } from './search/search.controller';
import { SettingsController } from './settings/settings.controller';
import { SyncController } from './sync/sync.controller';
import { PresenceController } from './presence/presence.controller';
import { MeController } from './users/me.controller';
import { TokenController } from './users/token.controller';
import { UserController } from './users/user.controller';

/** Everything that REST answers, in the order of the documentation. */
export const controllers: Type[] = [
  ConversationController,
  // Before the participants: `me` is no user's id here.
  PersonalSettingsController,
  ParticipantController,
  OwnershipController,
  ConversationBanController,
  InvitationController,
  ChannelController,
  MessageController,
  MessageChangeController,
  ReactionController,
  PinController,
  ThreadController,
  ReadController,
  DraftController,
  SyncController,
  SearchController,
  // After the search, whose path looks like a message's.
  PermalinkController,
  MeController,
  PresenceController,
  LimitController,
  UserController,
  BlockController,
  TokenController,
  KeyController,
  SettingsController,
  AuditController,
  UserBanController,
  ImportController,
  OperatorTenantController,
  HealthController,
];
