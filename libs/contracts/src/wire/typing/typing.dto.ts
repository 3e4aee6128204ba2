import type { TypingInput } from '../realtime/request.types';
import { IsId } from '../validation/decorators';

/** `typing.start` */
export class TypingStartDto implements TypingInput {
  @IsId()
  conversationId: string;
}

/** `typing.stop` */
export class TypingStopDto extends TypingStartDto {}
