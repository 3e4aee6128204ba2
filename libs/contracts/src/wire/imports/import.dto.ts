import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsISO8601, ValidateNested } from 'class-validator';
import { conversationKinds, type ConversationKind } from '../conversations/conversation.types';
import { limits } from '../limits';
import { MessageExtrasDto } from '../messages/message.dto';
import { IsClientMessageId, IsText, IsUserId, MayBeAbsent } from '../validation/decorators';

export class ImportUserDto {
  @IsUserId()
  id: string;

  @MayBeAbsent()
  @IsText(limits.userNameMaxChars)
  name?: string;
}

export class ImportConversationDto {
  /** The importer's own stable name of the conversation: importing it again finds it. */
  @IsText(128)
  key: string;

  @IsIn(conversationKinds)
  kind: ConversationKind;

  @MayBeAbsent()
  @IsText(limits.titleMaxChars)
  title?: string;

  @MayBeAbsent()
  @IsISO8601({ strict: true })
  createdAt?: string;

  @IsArray()
  @ArrayMaxSize(limits.importPageMaxItems)
  @IsUserId({ each: true })
  participants: string[];
}

export class ImportThreadRootDto {
  @IsUserId()
  sender: string;

  @IsClientMessageId()
  clientMessageId: string;
}

export class ImportMessageDto extends MessageExtrasDto {
  @IsText(128)
  conversationKey: string;

  @IsUserId()
  sender: string;

  @IsClientMessageId()
  clientMessageId: string;

  @IsText(limits.messageTextMaxBytes)
  text: string;

  /** The original time. */
  @IsISO8601({ strict: true })
  at: string;

  /** clientMessageId and sender of the thread's first message, which must come before its replies. */
  @MayBeAbsent()
  @ValidateNested()
  @Type(() => ImportThreadRootDto)
  threadRoot?: ImportThreadRootDto;
}

/** Body of `POST /v1/imports`: one page, written whole or not at all; users first, then conversations, then messages. */
export class ImportPageDto {
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.importPageMaxItems)
  @ValidateNested({ each: true })
  @Type(() => ImportUserDto)
  users?: ImportUserDto[];

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.importPageMaxItems)
  @ValidateNested({ each: true })
  @Type(() => ImportConversationDto)
  conversations?: ImportConversationDto[];

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.importPageMaxItems)
  @ValidateNested({ each: true })
  @Type(() => ImportMessageDto)
  messages?: ImportMessageDto[];
}
