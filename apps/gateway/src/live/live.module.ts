import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Publisher } from '@parley/platform/realtime';
import { Connections } from '../connections/connections';
import { BusInlet } from './bus-inlet';
import { GatewayPublisher } from './gateway.publisher';
import { GatewayTail, TailTelemetry } from './gateway-tail';
import { LiveDelivery } from './live-delivery';
import { RepairReader } from './repair-reader';
import { Revoker } from './revoker';

/** Live delivery, and `Publisher` for the domain libraries of this process. */
@Global()
@Module({
  providers: [
    Connections,
    RepairReader,
    LiveDelivery,
    Revoker,
    TailTelemetry,
    GatewayTail,
    BusInlet,
    { provide: Publisher, useClass: GatewayPublisher },
  ],
  exports: [Connections, LiveDelivery, GatewayTail, Publisher],
})
export class LiveModule implements OnApplicationBootstrap {
  constructor(
    private readonly bus: Bus,
    private readonly inlet: BusInlet,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.subscribe(this.inlet);
  }
}
