import { IsIn } from 'class-validator';
import { PageQueryDto } from '../page.dto';
import type { ThreadInput, ThreadReadInput } from '../realtime/request.types';
import { IsId, IsSeq, MayBeAbsent } from '../validation/decorators';

const flags = ['true', 'false'] as const;

/** Query of `GET /v1/threads`. */
export class ThreadPageQueryDto extends PageQueryDto {
  /** True: only threads with something unread; false: only the others. */
  @MayBeAbsent()
  @IsIn(flags)
  unread?: (typeof flags)[number];
}

/** Body of `POST /v1/conversations/{conversationId}/messages/{messageId}/thread/read`. */
export class MarkThreadReadDto {
  /** Up to where; up to the newest reply of this moment when absent. */
  @MayBeAbsent()
  @IsSeq()
  seq?: number;
}

/** `thread.read` */
export class ThreadReadDto extends MarkThreadReadDto implements ThreadReadInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}

/** `thread.follow` */
export class ThreadFollowDto implements ThreadInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}

/** `thread.unfollow` */
export class ThreadUnfollowDto implements ThreadInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}
