import { ArrayMaxSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { limits } from '../limits';
import type { PresenceSetInput, PresenceWatchInput } from '../realtime/request.types';
import { IsUserId, MayBeAbsent } from '../validation/decorators';
import { presenceChoices, type PresenceChoiceStatus } from './presence.types';

/** `presence.set`, and the body of `PUT /v1/presence`. */
export class PresenceSetDto implements PresenceSetInput {
  @IsIn(presenceChoices)
  status: PresenceChoiceStatus;
}

/** `presence.watch` */
export class PresenceWatchDto implements PresenceWatchInput {
  @IsArray()
  @ArrayMaxSize(limits.presenceWatchMaxUsers)
  @ArrayUnique()
  @IsUserId({ each: true })
  userIds: string[];
}

/** Query of `GET /v1/presence`: the parameter may stand several times. */
export class PresenceQueryDto {
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.presenceWatchMaxUsers)
  @ArrayUnique()
  @IsUserId({ each: true })
  userId?: string[];
}
