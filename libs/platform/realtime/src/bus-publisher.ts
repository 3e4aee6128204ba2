import { Injectable } from '@nestjs/common';
import type { BlockChange, BusEvent, Revocation, UserEvent } from '@parley/contracts/internal';
import { Bus } from './bus';
import { Publisher } from './publisher';

/** The publisher of a process without sockets of its own: the bus alone. */
@Injectable()
export class BusPublisher extends Publisher {
  constructor(private readonly bus: Bus) {
    super();
  }

  override publish(events: readonly BusEvent[]): void {
    this.bus.publish(events);
  }

  override publishToUsers(event: UserEvent): void {
    this.bus.publishToUsers(event);
  }

  override publishRevocations(revocations: Revocation[]): void {
    this.bus.publishRevocations(revocations);
  }

  override publishBlockChanges(changes: BlockChange[]): void {
    this.bus.publishBlockChanges(changes);
  }
}
