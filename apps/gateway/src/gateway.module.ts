import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AuthModule } from '@parley/platform/auth';
import { Clock, ClockModule } from '@parley/platform/clock';
import type { LoadedConfig } from '@parley/platform/config';
import { DatabaseModule, Db } from '@parley/platform/database';
import { EgressModule, type EgressOptions } from '@parley/platform/egress';
import { RealtimeModule } from '@parley/platform/realtime';
import { Overload, RateLimitModule } from '@parley/platform/ratelimit';
import { RedisModule } from '@parley/platform/redis';
import { Health, Metrics, TelemetryModule, type Log } from '@parley/platform/telemetry';
import { ConversationsModule } from '@parley/domain/conversations';
import { InboxModule } from '@parley/domain/inbox';
import { LimitsModule } from '@parley/domain/limits';
import { MessagesModule, SendCount } from '@parley/domain/messages';
import { ParticipantsModule } from '@parley/domain/participants';
import { ReactionsModule } from '@parley/domain/reactions';
import { SyncModule, SyncService } from '@parley/domain/sync';
import { Origins, FeaturesModule, OriginsModule } from '@parley/domain/tenants';
import { ThreadsModule } from '@parley/domain/threads';
import { TimelineModule } from '@parley/domain/timeline';
import { Admission } from './admission/admission';
import { HandshakeVerifier } from './admission/handshake-verifier';
import { Drain } from './drain';
import { gatewayConfig, type gatewaySections } from './gateway.config';
import { IsolationWatch } from './isolation-watch';
import { LiveModule } from './live/live.module';
import { GatewayPresenceModule } from './presence/presence.module';
import { AuthRequests } from './requests/auth-requests';
import { Dispatcher } from './requests/dispatcher';
import { ConversationRequests } from './requests/conversation-requests';
import { MarkRequests } from './requests/mark-requests';
import { MessageRequests } from './requests/message-requests';
import { ParticipantRequests } from './requests/participant-requests';
import { PresenceChoices, PresenceRequests } from './requests/presence-requests';
import { requestHandlers, type RequestParts } from './requests/request-handlers';
import { RequestRegistry } from './requests/request-registry';
import { ScreenRequests } from './requests/screen-requests';
import { SocketLimits } from './requests/socket-limits';
import { ThreadRequests } from './requests/thread-requests';
import { TypingLimit } from './requests/typing-limit';
import { TypingRequests } from './requests/typing-requests';
import { Sessions } from './sessions/sessions';
import { Edge } from './sockets/edge';
import { Heartbeats } from './sockets/heartbeats';
import { SocketsGateway } from './sockets/sockets.gateway';
import { WebSocketEndpoint } from './sockets/web-socket.endpoint';

export type GatewayConfig = LoadedConfig<typeof gatewaySections>;

const requestParts = [
  MessageRequests,
  MarkRequests,
  ConversationRequests,
  ParticipantRequests,
  ThreadRequests,
  ScreenRequests,
  TypingRequests,
  PresenceRequests,
  AuthRequests,
] as const;

/** What is done for the requests. */
const capabilities = [
  LimitsModule,
  TimelineModule,
  LiveModule,
  GatewayPresenceModule,
  MessagesModule,
  ReactionsModule,
  ThreadsModule,
  InboxModule,
  ParticipantsModule,
  ConversationsModule,
  SyncModule,
];

const registry = {
  provide: RequestRegistry,
  useFactory: (sync: SyncService, clock: Clock, ...parts: RequestParts) =>
    new RequestRegistry(requestHandlers({ sync, clock }, parts)),
  inject: [SyncService, Clock, ...requestParts],
};

/** Sockets: it knows who is connected and in which order events go out, and no rule of the product. */
@Module({})
export class GatewayModule implements OnApplicationBootstrap {
  constructor(
    private readonly health: Health,
    private readonly db: Db,
  ) {}

  /** `egress` is for tests, which have no public addresses. */
  static forRoot(config: GatewayConfig, log: Log, egress: EgressOptions = {}): DynamicModule {
    const { runtime, telemetry, gateway, edge, database, redis, auth, features } = config;
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
        EgressModule.forRoot(egress),
        AuthModule.forRoot(auth),
        FeaturesModule.forRoot(features),
        OriginsModule.forRoot({ origins: edge.allowedOrigins, anyOrigin }),
        ...capabilities,
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
          useFactory: (origins: Origins, admission: Admission) => new Edge(origins, admission),
          inject: [Origins, Admission],
        },
        HandshakeVerifier,
        SocketLimits,
        SendCount,
        TypingLimit,
        PresenceChoices,
        ...requestParts,
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
