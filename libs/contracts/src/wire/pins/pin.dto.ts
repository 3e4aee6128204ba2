import type { PinInput } from '../realtime/request.types';
import { IsId } from '../validation/decorators';

/** `pin.add` */
export class PinAddDto implements PinInput {
  @IsId()
  conversationId: string;

  @IsId()
  messageId: string;
}

/** `pin.remove` */
export class PinRemoveDto extends PinAddDto {}
