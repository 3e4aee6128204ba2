import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { limits } from '../limits';
import { CursorQueryDto } from '../page.dto';
import { NewParticipantDto } from '../participants/participant.dto';
import type { ConversationOpenInput, ConversationUpdateInput } from '../realtime/request.types';
import { reactionModes, type ReactionMode } from '../reactions/reaction.types';
import { IsId, IsMetadata, IsText, MayBeAbsent, MayBeNull } from '../validation/decorators';
import {
  conversationKinds,
  conversationStatuses,
  conversationVisibilities,
  historyModes,
  postingModes,
  type ConversationKind,
  type ConversationStatus,
  type ConversationVisibility,
  type HistoryMode,
  type PostingMode,
} from './conversation.types';

export class ConversationSubjectDto {
  @IsText(64)
  type: string;

  @IsText(128)
  id: string;
}

export class ConversationSettingsDto {
  /** `distinct` when a conversation is made without it. */
  @MayBeAbsent()
  @IsIn(reactionModes)
  reactionMode?: ReactionMode;

  /** `everyone` when a conversation is made without it. */
  @MayBeAbsent()
  @IsIn(postingModes)
  posting?: PostingMode;

  /** 0 when a conversation is made without it: no slow mode. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(limits.slowModeMaxSeconds)
  slowModeSeconds?: number;
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

/** Body of `PATCH /v1/conversations/{conversationId}`; absent fields stay. */
export class UpdateConversationDto {
  /** Null: it has none. */
  @MayBeNull()
  @IsText(limits.titleMaxChars)
  title?: string | null;

  /** Null: it has none. What a distinct conversation is about does not change. */
  @MayBeNull()
  @ValidateNested()
  @Type(() => ConversationSubjectDto)
  subject?: ConversationSubjectDto | null;

  @MayBeAbsent()
  @IsMetadata()
  metadata?: Record<string, unknown>;

  @MayBeAbsent()
  @IsIn(conversationVisibilities)
  visibility?: ConversationVisibility;

  /** Of those who join from now on. */
  @MayBeAbsent()
  @IsIn(historyModes)
  history?: HistoryMode;

  @MayBeAbsent()
  @ValidateNested()
  @Type(() => ConversationSettingsDto)
  settings?: ConversationSettingsDto;

  /** `closed`: nothing is sent or changed any more, reading goes on; `active` opens it again. */
  @MayBeAbsent()
  @IsIn(conversationStatuses)
  status?: ConversationStatus;
}

/** `conversation.update` */
export class ConversationUpdateDto extends UpdateConversationDto implements ConversationUpdateInput {
  @IsId()
  conversationId: string;
}

const flags = ['true', 'false'] as const;
type Flag = (typeof flags)[number];

/** Query of `GET /v1/conversations`. A filter that is absent lets everything pass, but for hidden conversations. */
export class ConversationPageQueryDto extends CursorQueryDto {
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(limits.conversationsPageMaxItems)
  limit?: number;

  @MayBeAbsent()
  @IsIn(conversationKinds)
  kind?: ConversationKind;

  @MayBeAbsent()
  @IsText(64)
  subjectType?: string;

  @MayBeAbsent()
  @IsText(128)
  subjectId?: string;

  @MayBeAbsent()
  @IsIn(conversationStatuses)
  status?: ConversationStatus;

  @MayBeAbsent()
  @IsIn(flags)
  pinned?: Flag;

  @MayBeAbsent()
  @IsIn(flags)
  archived?: Flag;

  /** True: the hidden ones alone; otherwise the others alone. */
  @MayBeAbsent()
  @IsIn(flags)
  hidden?: Flag;

  /** True: only where something is unread or was marked unread. */
  @MayBeAbsent()
  @IsIn(flags)
  unread?: Flag;

  /** A part of the title, or of the name of one of the others in it where they are at most 50; in upper or lower case. */
  @MayBeAbsent()
  @IsText(limits.titleMaxChars)
  q?: string;
}

/** `conversation.open` */
export class ConversationOpenDto implements ConversationOpenInput {
  @IsId()
  conversationId: string;
}

/** `conversation.close` */
export class ConversationCloseDto extends ConversationOpenDto {}
