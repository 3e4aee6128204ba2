import { IsIn, IsInt, Max, Min } from 'class-validator';
import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import { participantRoles, type ParticipantRole } from '../participants/participant.types';
import { IsText, IsUserId, MayBeAbsent } from '../validation/decorators';

/** Body of `POST /v1/conversations/{conversationId}/invitations`. */
export class CreateInvitationDto {
  @IsUserId()
  userId: string;

  /** `member` when absent. */
  @MayBeAbsent()
  @IsIn(participantRoles)
  role?: ParticipantRole;

  /** A week when absent. */
  @MayBeAbsent()
  @IsInt()
  @Min(60)
  @Max(limits.invitationMaxSeconds)
  expiresInSeconds?: number;
}

/** Query of `GET /v1/channels`. */
export class ChannelPageQueryDto extends PageQueryDto {
  /** A part of the title, in upper or lower case. */
  @MayBeAbsent()
  @IsText(limits.titleMaxChars)
  q?: string;
}
