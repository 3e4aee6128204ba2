import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { limits } from '../limits';
import { participantRoles, type ParticipantRole } from '../participants/participant.types';
import type { MessageDeleteInput, MessageEditInput, MessageSendInput } from '../realtime/request.types';
import {
  EachHasOneOf,
  IsClientMessageId,
  IsId,
  IsMetadata,
  IsSeq,
  IsText,
  IsUserId,
  MayBeAbsent,
} from '../validation/decorators';
import { mentionGroups, type Mention, type MentionGroup } from './message.types';

export class MessageRefDto {
  @IsId()
  id: string;

  @IsSeq()
  seq: number;
}

export class MentionDto implements Mention {
  @MayBeAbsent()
  @IsUserId()
  userId?: string;

  @MayBeAbsent()
  @IsIn(participantRoles)
  role?: ParticipantRole;

  @MayBeAbsent()
  @IsIn(mentionGroups)
  group?: MentionGroup;
}

/** What comes with a message's text, wherever one is written. */
export class MessageExtrasDto {
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.mentionsPerMessage)
  @ValidateNested({ each: true })
  @EachHasOneOf('userId', 'role', 'group')
  @Type(() => MentionDto)
  mentions?: MentionDto[];

  @MayBeAbsent()
  @IsMetadata()
  metadata?: Record<string, unknown>;
}

/** What a message says: the part that a REST send and a socket send share. */
export class MessageContentDto extends MessageExtrasDto {
  @IsText(limits.messageTextMaxBytes)
  text: string;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => MessageRefDto)
  replyTo?: MessageRefDto;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => MessageRefDto)
  threadRoot?: MessageRefDto;
}

/** Body of `POST /v1/conversations/{conversationId}/messages`. */
export class SendMessageDto extends MessageContentDto {
  /** Made by the server when absent; the header Idempotency-Key is another spelling of it. */
  @MayBeAbsent()
  @IsClientMessageId()
  clientMessageId?: string;
}

/** `message.send` */
export class MessageSendDto extends MessageContentDto implements MessageSendInput {
  @IsId()
  conversationId: string;

  @IsClientMessageId()
  clientMessageId: string;
}

/** Body of `PATCH /v1/conversations/{conversationId}/messages/{messageId}`: at least one of text, mentions and metadata. */
export class EditMessageDto extends MessageExtrasDto {
  @MayBeAbsent()
  @IsText(limits.messageTextMaxBytes)
  text?: string;

  /** The version that the edit was made of: an edit of an older one is refused, so that none is lost. */
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  version?: number;
}

/** `message.edit` */
export class MessageEditDto extends EditMessageDto implements MessageEditInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}

/** `message.delete` */
export class MessageDeleteDto implements MessageDeleteInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}

/** Query of a history page: at most one of before, after and around; none reads the newest page. */
export class MessagePageQueryDto {
  @MayBeAbsent()
  @Type(() => Number)
  @IsSeq()
  before?: number;

  @MayBeAbsent()
  @Type(() => Number)
  @IsSeq(0)
  after?: number;

  @MayBeAbsent()
  @Type(() => Number)
  @IsSeq()
  around?: number;

  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(limits.pageMaxItems)
  limit?: number;
}
