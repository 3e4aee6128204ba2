import { ReadMarkDto } from '../inbox/inbox.dto';
import { MessageSendDto } from '../messages/message.dto';
import { ParticipantAddDto, ParticipantRemoveDto } from '../participants/participant.dto';
import { HeadsDto, PingDto, SyncDto } from '../sync/sync.dto';
import type { SocketRequestName, SocketRequests } from './request.types';

/** The class of each request's input: what the gateway checks and the documentation describes. */
export const socketRequestDtos: { [N in SocketRequestName]: new () => SocketRequests[N]['input'] } = {
  'message.send': MessageSendDto,
  'participant.add': ParticipantAddDto,
  'participant.remove': ParticipantRemoveDto,
  'read.mark': ReadMarkDto,
  heads: HeadsDto,
  sync: SyncDto,
  ping: PingDto,
};
