import { IsBoolean, IsIn, IsISO8601 } from 'class-validator';
import type { ReadMarkInput } from '../realtime/request.types';
import { limits } from '../limits';
import { IsId, IsSeq, IsText, MayBeAbsent, MayBeNull } from '../validation/decorators';
import { notificationLevels, type NotificationLevel } from './settings.types';

/** Body of `POST /v1/conversations/{conversationId}/read`. */
export class MarkReadDto {
  /** Up to where; up to the newest message of this moment when absent. */
  @MayBeAbsent()
  @IsSeq()
  seq?: number;
}

/** Body of `POST /v1/conversations/{conversationId}/unread`. */
export class MarkUnreadDto {
  /** The first message that is to be unread again. */
  @IsSeq()
  seq: number;
}

/** `read.mark` */
export class ReadMarkDto extends MarkReadDto implements ReadMarkInput {
  @IsId()
  conversationId: string;
}

/** Body of `PATCH /v1/conversations/{conversationId}/participants/me`; absent fields stay. */
export class UpdatePersonalSettingsDto {
  @MayBeAbsent()
  @IsBoolean()
  pinned?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  archived?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  hidden?: boolean;

  /** Null: not muted. */
  @MayBeNull()
  @IsISO8601({ strict: true, strictSeparator: true })
  mutedUntil?: string | null;

  @MayBeAbsent()
  @IsIn(notificationLevels)
  notificationLevel?: NotificationLevel;
}

/** Body of `PUT /v1/conversations/{conversationId}/draft`. */
export class WriteDraftDto {
  @IsText(limits.messageTextMaxBytes)
  text: string;
}
