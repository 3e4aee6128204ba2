import { ArrayMaxSize, IsArray, IsString, Matches } from 'class-validator';
import { limits } from '../limits';
import type { HeadsInput, PingInput, SyncInput } from '../realtime/request.types';
import { AreSyncCursors, IsSeqMap, MayBeAbsent } from '../validation/decorators';

/** `heads`, and the query of `GET /v1/heads`. */
export class HeadsDto implements HeadsInput {
  @MayBeAbsent()
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{1,512}$/, { message: '$property must be a cursor that heads gave' })
  cursor?: string;
}

/** `sync`, and the body of `POST /v1/sync`. */
export class SyncDto implements SyncInput {
  @IsString()
  @Matches(/^[A-Za-z0-9-]{1,64}$/)
  epoch: string;

  @IsArray()
  @ArrayMaxSize(limits.syncMaxConversations)
  @AreSyncCursors()
  cursors: [conversationId: string, seq: number][];
}

/** `ping` */
export class PingDto implements PingInput {
  @MayBeAbsent()
  @IsSeqMap(limits.syncMaxConversations)
  lastSeqs?: Record<string, number>;
}
