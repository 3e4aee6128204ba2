import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, ValidateNested } from 'class-validator';
import { limits } from '../limits';
import { PageQueryDto } from '../page.dto';
import { NewParticipantDto } from '../participants/participant.dto';
import { reactionModes, type ReactionMode } from '../reactions/reaction.types';
import { IsMetadata, IsText, MayBeAbsent } from '../validation/decorators';
import {
  conversationKinds,
  conversationVisibilities,
  historyModes,
  type ConversationKind,
  type ConversationVisibility,
  type HistoryMode,
} from './conversation.types';

export class ConversationSubjectDto {
  @IsText(64)
  type: string;

  @IsText(128)
  id: string;
}

export class ConversationSettingsDto {
  /** `distinct` when absent. */
  @MayBeAbsent()
  @IsIn(reactionModes)
  reactionMode?: ReactionMode;
}

/** Body of `POST /v1/conversations`. The caller becomes owner and need not be listed. */
export class CreateConversationDto {
  @IsIn(conversationKinds)
  kind: ConversationKind;

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(limits.participantsPerRequest)
  @ArrayUnique((participant: NewParticipantDto | undefined) => participant?.userId)
  @ValidateNested({ each: true })
  @Type(() => NewParticipantDto)
  participants?: NewParticipantDto[];

  @MayBeAbsent()
  @IsText(limits.titleMaxChars)
  title?: string;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => ConversationSubjectDto)
  subject?: ConversationSubjectDto;

  /** True: the conversation of this kind, these users and this subject, made only when there is none. Direct ones always are. */
  @MayBeAbsent()
  @IsBoolean()
  distinct?: boolean;

  @MayBeAbsent()
  @IsIn(historyModes)
  history?: HistoryMode;

  @MayBeAbsent()
  @IsIn(conversationVisibilities)
  visibility?: ConversationVisibility;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => ConversationSettingsDto)
  settings?: ConversationSettingsDto;

  @MayBeAbsent()
  @IsMetadata()
  metadata?: Record<string, unknown>;
}

/** Query of `GET /v1/conversations`. */
export class ConversationPageQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsIn(conversationKinds)
  kind?: ConversationKind;

  @MayBeAbsent()
  @IsText(64)
  subjectType?: string;

  @MayBeAbsent()
  @IsText(128)
  subjectId?: string;
}
