import { Injectable } from '@nestjs/common';
import type {
  BlockChange,
  BusEvent,
  PresenceChoice,
  PresenceNews,
  Revocation,
  TailMessage,
  TypingChange,
  UserEvent,
} from '@parley/contracts/internal';
import type { BusListener } from '@parley/platform/realtime';
import { GatewayTail } from './gateway-tail';
import { LiveDelivery } from './live-delivery';
import { Revoker } from './revoker';
import { Typing } from './typing';

/** What other processes say on the bus, to those here whom it concerns. */
@Injectable()
export class BusInlet implements BusListener {
  private presenceListener: Pick<BusListener, 'presence' | 'choice'> | undefined;

  constructor(
    private readonly live: LiveDelivery,
    private readonly gatewayTail: GatewayTail,
    private readonly revoker: Revoker,
    private readonly typists: Typing,
  ) {}

  /** Who is told of presence. */
  onPresence(listener: Pick<BusListener, 'presence' | 'choice'>): void {
    this.presenceListener = listener;
  }

  event(event: BusEvent): void {
    this.live.event(event);
  }

  userEvent(event: UserEvent): void {
    this.live.userEvent(event);
  }

  tail(tail: TailMessage): void {
    this.gatewayTail.hear(tail);
  }

  revocations(revocations: Revocation[]): void {
    this.revoker.end(revocations);
  }

  blockChanges(changes: BlockChange[]): void {
    this.live.blockChanges(changes);
  }

  typing(change: TypingChange): void {
    this.typists.hear(change);
  }

  presence(news: PresenceNews): void {
    this.presenceListener?.presence(news);
  }

  choice(choice: PresenceChoice): void {
    this.presenceListener?.choice(choice);
  }
}
