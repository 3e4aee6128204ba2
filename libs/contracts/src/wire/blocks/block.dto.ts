import { IsUserId } from '../validation/decorators';

/** Body of `POST /v1/blocks`. */
export class CreateBlockDto {
  @IsUserId()
  userId: string;
}
