import {
  ConversationCloseDto,
  ConversationOpenDto,
  ConversationUpdateDto,
} from '../conversations/conversation.dto';
import { ReadMarkDto } from '../inbox/inbox.dto';
import { MessageDeleteDto, MessageEditDto, MessageSendDto } from '../messages/message.dto';
import { PinAddDto, PinRemoveDto } from '../pins/pin.dto';
import { PresenceSetDto, PresenceWatchDto } from '../presence/presence.dto';
import { ReactionAddDto, ReactionRemoveDto } from '../reactions/reaction.dto';
import { ParticipantAddDto, ParticipantRemoveDto } from '../participants/participant.dto';
import { TypingStartDto, TypingStopDto } from '../typing/typing.dto';
import { AuthRefreshDto } from '../users/user.dto';
import { HeadsDto, PingDto, SyncDto } from '../sync/sync.dto';
import { ThreadFollowDto, ThreadReadDto, ThreadUnfollowDto } from '../threads/thread.dto';
import type { SocketRequestName, SocketRequests } from './request.types';

/** The class of each request's input: what the gateway checks and the documentation describes. */
export const socketRequestDtos: { [N in SocketRequestName]: new () => SocketRequests[N]['input'] } = {
  'message.send': MessageSendDto,
  'message.edit': MessageEditDto,
  'message.delete': MessageDeleteDto,
  'reaction.add': ReactionAddDto,
  'reaction.remove': ReactionRemoveDto,
  'pin.add': PinAddDto,
  'pin.remove': PinRemoveDto,
  'participant.add': ParticipantAddDto,
  'participant.remove': ParticipantRemoveDto,
  'conversation.update': ConversationUpdateDto,
  'read.mark': ReadMarkDto,
  'thread.follow': ThreadFollowDto,
  'thread.unfollow': ThreadUnfollowDto,
  'thread.read': ThreadReadDto,
  heads: HeadsDto,
  sync: SyncDto,
  'conversation.open': ConversationOpenDto,
  'conversation.close': ConversationCloseDto,
  'typing.start': TypingStartDto,
  'typing.stop': TypingStopDto,
  'presence.set': PresenceSetDto,
  'presence.watch': PresenceWatchDto,
  'auth.refresh': AuthRefreshDto,
  ping: PingDto,
};
