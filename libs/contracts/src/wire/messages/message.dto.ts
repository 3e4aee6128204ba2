import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { limits } from '../limits';
import type { MessageDeleteInput, MessageEditInput, MessageSendInput } from '../realtime/request.types';
import {
  IsClientMessageId,
  IsId,
  IsMetadata,
  IsSeq,
  IsText,
  IsUserId,
  MayBeAbsent,
} from '../validation/decorators';

export class MessageRefDto {
  @IsId()
  id: string;

  @IsSeq()
  seq: number;
}

export class MentionDto {
  @IsUserId()
  userId: string;
}

/** What a message says: the part that a REST send and a socket send share. */
export class MessageContentDto {
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

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.mentionsPerMessage)
  @ValidateNested({ each: true })
  @Type(() => MentionDto)
  mentions?: MentionDto[];

  @MayBeAbsent()
  @IsMetadata()
  metadata?: Record<string, unknown>;
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
export class EditMessageDto {
  @MayBeAbsent()
  @IsText(limits.messageTextMaxBytes)
  text?: string;

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.mentionsPerMessage)
  @ValidateNested({ each: true })
  @Type(() => MentionDto)
  mentions?: MentionDto[];

  @MayBeAbsent()
  @IsMetadata()
  metadata?: Record<string, unknown>;

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
