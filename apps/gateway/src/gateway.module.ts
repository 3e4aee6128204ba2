import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthModule } from '@parley/platform/auth';
import { Clock, ClockModule } from '@parley/platform/clock';
import type { LoadedConfig } from '@parley/platform/config';
import { DatabaseModule, Db } from '@parley/platform/database';
import { RealtimeModule } from '@parley/platform/realtime';
import { Overload, RateLimitModule } from '@parley/platform/ratelimit';
import { RedisModule } from '@parley/platform/redis';
import { Health, Metrics, TelemetryModule, type Log } from '@parley/platform/telemetry';
import { InboxModule } from '@parley/domain/inbox';
import { LimitsModule } from '@parley/domain/limits';
import { MessagesModule, SendCount } from '@parley/domain/messages';
import { ParticipantsModule } from '@parley/domain/participants';
import { ReactionsModule } from '@parley/domain/reactions';
import { SyncModule, SyncService } from '@parley/domain/sync';
import { ThreadsModule } from '@parley/domain/threads';
import { TimelineModule } from '@parley/domain/timeline';
import { Admission } from './admission/admission';
import { HandshakeVerifier } from './admission/handshake-verifier';
import { Drain } from './drain';
import { gatewayConfig, type gatewaySections } from './gateway.config';
import { IsolationWatch } from './isolation-watch';
import { LiveModule } from './live/live.module';
import { Dispatcher } from './requests/dispatcher';
import { MarkRequests } from './requests/mark-requests';
import { MessageRequests } from './requests/message-requests';
import { ParticipantRequests } from './requests/participant-requests';
import { requestHandlers } from './requests/request-handlers';
import { RequestRegistry } from './requests/request-registry';
import { SocketLimits } from './requests/socket-limits';
import { ThreadRequests } from './requests/thread-requests';
import { Sessions } from './sessions/sessions';
import { Edge } from './sockets/edge';
import { Heartbeats } from './sockets/heartbeats';
import { SocketsGateway } from './sockets/sockets.gateway';
import { WebSocketEndpoint } from './sockets/web-socket.endpoint';

export type GatewayConfig = LoadedConfig<typeof gatewaySections>;

const registry = {
  provide: RequestRegistry,
  useFactory: (
    messages: MessageRequests,
    marks: MarkRequests,
    threads: ThreadRequests,
    participants: ParticipantRequests,
    sync: SyncService,
    clock: Clock,
  ) => new RequestRegistry(requestHandlers({ messages, marks, threads, participants, sync, clock })),
  inject: [MessageRequests, MarkRequests, ThreadRequests, ParticipantRequests, SyncService, Clock],
};

/** Sockets: it knows who is connected and in which order events go out, and no rule of the product. */
@Module({})
export class GatewayModule implements OnApplicationBootstrap {
  constructor(
    private readonly health: Health,
    private readonly db: Db,
  ) {}

  static forRoot(config: GatewayConfig, log: Log): DynamicModule {
    const { runtime, telemetry, gateway, edge, database, redis, auth } = config;
    const anyOrigin = edge.allowedOrigins.length === 0 && runtime.env !== 'production';
    return {
      module: GatewayModule,
      imports: [
        TelemetryModule.forRoot({
          process: 'gateway',
          log,
          internal: { host: telemetry.internalHost, port: telemetry.internalPort },
        }),
        ClockModule,
        DatabaseModule.forRoot({ ...database, applicationName: 'parley gateway' }),
        RedisModule.forRoot({ url: redis.url, connectionName: 'parley-gateway' }),
        RateLimitModule.forRoot({ keyPrefix: redis.channelPrefix }),
        RealtimeModule.forRoot({ channelPrefix: redis.channelPrefix }),
        AuthModule.forRoot(auth),
        LimitsModule,
        TimelineModule,
        LiveModule,
        MessagesModule,
        ReactionsModule,
        ThreadsModule,
        InboxModule,
        ParticipantsModule,
        SyncModule,
      ],
      providers: [
        { provide: gatewayConfig.token, useValue: gateway },
        {
          provide: Admission,
          useFactory: (overload: Overload, clock: Clock, metrics: Metrics) =>
            new Admission({ ...gateway, trustedProxies: edge.trustedProxies }, overload, clock, metrics),
          inject: [Overload, Clock, Metrics],
        },
        {
          provide: Edge,
          useFactory: (admission: Admission) =>
            new Edge({ allowedOrigins: edge.allowedOrigins, anyOrigin }, admission),
          inject: [Admission],
        },
        HandshakeVerifier,
        SocketLimits,
        SendCount,
        MessageRequests,
        MarkRequests,
        ThreadRequests,
        ParticipantRequests,
        registry,
        Dispatcher,
        Sessions,
        Heartbeats,
        SocketsGateway,
        WebSocketEndpoint,
        Drain,
        IsolationWatch,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'postgres', gating: true, check: () => this.db.ping() });
  }
}
