import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Publisher } from '@parley/platform/realtime';
import { Connections } from '../connections/connections';
import { BusInlet } from './bus-inlet';
import { GatewayPublisher } from './gateway.publisher';
import { GatewayTail, TailTelemetry } from './gateway-tail';
import { LiveDelivery } from './live-delivery';
import { OpenConversations } from './open-conversations';
import { RepairReader } from './repair-reader';
import { Revoker } from './revoker';
import { Typing, TypingAudience } from './typing';

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
    OpenConversations,
    TypingAudience,
    Typing,
    BusInlet,
    { provide: Publisher, useClass: GatewayPublisher },
  ],
  exports: [BusInlet, Connections, LiveDelivery, GatewayTail, OpenConversations, Typing, Publisher],
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
