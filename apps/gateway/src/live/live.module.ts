import { Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Publisher } from '@parley/platform/realtime';
import { SeparationsModule } from '@parley/domain/blocks';
import { Connections } from '../connections/connections';
import { AudienceReader } from './audience-reader';
import { BusInlet } from './bus-inlet';
import { GatewayPublisher } from './gateway.publisher';
import { GatewayTail, TailTelemetry } from './gateway-tail';
import { KeptApart } from './kept-apart';
import { LiveDelivery } from './live-delivery';
import { OpenConversations } from './open-conversations';
import { RepairReader } from './repair-reader';
import { Revoker } from './revoker';
import { Typing, TypingAudience } from './typing';

/** Live delivery, and `Publisher` for the domain libraries of this process. */
@Global()
@Module({
  imports: [SeparationsModule],
  providers: [
    Connections,
    RepairReader,
    KeptApart,
    AudienceReader,
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
  exports: [
    BusInlet,
    Connections,
    KeptApart,
    LiveDelivery,
    GatewayTail,
    OpenConversations,
    Typing,
    Publisher,
  ],
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
