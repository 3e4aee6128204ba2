import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Publisher } from '@parley/platform/realtime';
import { Connections } from '../connections/connections';
import { GatewayPublisher } from './gateway.publisher';
import { LiveDelivery } from './live-delivery';
import { RepairReader } from './repair-reader';

/** Live delivery, and `Publisher` for the domain libraries of this process. */
@Global()
@Module({
  providers: [Connections, RepairReader, LiveDelivery, { provide: Publisher, useClass: GatewayPublisher }],
  exports: [Connections, LiveDelivery, Publisher],
})
export class LiveModule implements OnApplicationBootstrap {
  constructor(
    private readonly bus: Bus,
    private readonly live: LiveDelivery,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.subscribe(this.live);
  }
}
