import { Type } from 'class-transformer';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { limits } from './limits';
import { MayBeAbsent } from './validation/decorators';

/** Where a list that pages by cursor goes on. */
export class CursorQueryDto {
  @MayBeAbsent()
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{1,1024}$/, { message: '$property must be a cursor that a page gave' })
  cursor?: string;
}

/** Query of every list that pages by cursor. */
export class PageQueryDto extends CursorQueryDto {
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(limits.pageMaxItems)
  limit?: number;
}
