import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, ValidateNested } from 'class-validator';
import { limits } from '../limits';
import type { ParticipantAddInput, ParticipantRemoveInput } from '../realtime/request.types';
import { IsId, IsText, IsUserId, MayBeAbsent } from '../validation/decorators';
import { participantRoles, type ParticipantRole } from './participant.types';

export class NewParticipantDto {
  @IsUserId()
  userId: string;

  @MayBeAbsent()
  @IsIn(participantRoles)
  role?: ParticipantRole;

  /** The side that this participant is on in the host product: customer, artist, agent. */
  @MayBeAbsent()
  @IsText(limits.labelMaxChars)
  label?: string;
}

/** Body of `POST /v1/conversations/{conversationId}/participants`. */
export class AddParticipantsDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.participantsPerRequest)
  @ArrayUnique((participant: NewParticipantDto | undefined) => participant?.userId)
  @ValidateNested({ each: true })
  @Type(() => NewParticipantDto)
  participants: NewParticipantDto[];
}

/** `participant.add` */
export class ParticipantAddDto extends AddParticipantsDto implements ParticipantAddInput {
  @IsId()
  conversationId: string;
}

/** `participant.remove` */
export class ParticipantRemoveDto implements ParticipantRemoveInput {
  @IsId()
  conversationId: string;

  @IsUserId()
  userId: string;
}

/** Body of `POST /v1/conversations/{conversationId}/transfer`. */
export class TransferConversationDto {
  /** The participant that is to own the conversation. */
  @IsUserId()
  userId: string;
}

/** Body of `PATCH /v1/conversations/{conversationId}/participants/{userId}`. */
export class UpdateParticipantDto {
  @MayBeAbsent()
  @IsIn(participantRoles)
  role?: ParticipantRole;

  @MayBeAbsent()
  @IsText(limits.labelMaxChars)
  label?: string;
}
