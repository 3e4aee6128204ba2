import { Injectable } from '@nestjs/common';
import type { BlockChange, BusEvent, Revocation, UserEvent } from '@parley/contracts/internal';
import { Bus, Publisher } from '@parley/platform/realtime';
import { LiveDelivery } from './live-delivery';
import { Revoker } from './revoker';

/** Local first: this gateway's own sockets do not wait for Redis; then the bus, for all others. */
@Injectable()
export class GatewayPublisher extends Publisher {
  constructor(
    private readonly live: LiveDelivery,
    private readonly revoker: Revoker,
    private readonly bus: Bus,
  ) {
    super();
  }

  override publish(events: readonly BusEvent[]): void {
    for (const event of events) this.live.event(event);
    this.bus.publish(events);
  }

  override publishToUsers(event: UserEvent): void {
    this.live.userEvent(event);
    this.bus.publishToUsers(event);
  }

  override publishRevocations(revocations: Revocation[]): void {
    this.revoker.end(revocations);
    this.bus.publishRevocations(revocations);
  }

  override publishBlockChanges(changes: BlockChange[]): void {
    this.live.blockChanges(changes);
    this.bus.publishBlockChanges(changes);
  }
}
