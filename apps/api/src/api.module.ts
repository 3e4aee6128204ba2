import { Module, type DynamicModule, type OnApplicationBootstrap, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AuthGuard, AuthModule } from '@parley/platform/auth';
import type { LoadedConfig } from '@parley/platform/config';
import { DatabaseModule, Db } from '@parley/platform/database';
import { EgressModule, type EgressOptions } from '@parley/platform/egress';
import { RateLimitModule } from '@parley/platform/ratelimit';
import { BusPublisherModule, RealtimeModule } from '@parley/platform/realtime';
import { RedisModule } from '@parley/platform/redis';
import { Health, TelemetryModule, type Log } from '@parley/platform/telemetry';
import { AuditModule } from '@parley/domain/audit';
import { BlocksModule } from '@parley/domain/blocks';
import { ConversationsModule } from '@parley/domain/conversations';
import { ImportsModule } from '@parley/domain/imports';
import { InboxModule } from '@parley/domain/inbox';
import { LimitsModule } from '@parley/domain/limits';
import { MessagesModule, SendCount } from '@parley/domain/messages';
import { ParticipantsModule } from '@parley/domain/participants';
import { PresenceModule } from '@parley/domain/presence';
import { ReactionsModule } from '@parley/domain/reactions';
import { SearchModule } from '@parley/domain/search';
import { SyncModule } from '@parley/domain/sync';
import {
  KeysModule,
  OperatorsModule,
  FeaturesModule,
  OriginsModule,
  SettingsModule,
  TenantsModule,
} from '@parley/domain/tenants';
import { ThreadsModule } from '@parley/domain/threads';
import { TimelineModule } from '@parley/domain/timeline';
import { UsersModule } from '@parley/domain/users';
import type { apiSections } from './api.config';
import { controllers } from './controllers';
import { ConnectionDrain } from './http/connection-drain';
import { DtoPipe } from './http/dto.pipe';
import { JsonBodyInterceptor } from './http/json-body.interceptor';
import { OriginGuard } from './http/origin.guard';
import { ProblemFilter } from './http/problem.filter';
import { RouteTable } from './http/route-table';
import { FailedLogins } from './limits/failed-logins';
import { RateLimitGuard } from './limits/rate-limit.guard';

export type ApiConfig = LoadedConfig<typeof apiSections>;

const edgeProviders: Provider[] = [
  ConnectionDrain,
  { provide: RouteTable, useFactory: () => new RouteTable(controllers) },
  { provide: APP_FILTER, useClass: ProblemFilter },
  FailedLogins,
  // In this order: who it is, from which page, how much it asks.
  { provide: APP_GUARD, useExisting: AuthGuard },
  { provide: APP_GUARD, useClass: OriginGuard },
  { provide: APP_GUARD, useClass: RateLimitGuard },
  { provide: APP_INTERCEPTOR, useClass: JsonBodyInterceptor },
  { provide: APP_PIPE, useClass: DtoPipe },
];

/** REST: one line per request, everything else in the domain libraries. */
@Module({})
export class ApiModule implements OnApplicationBootstrap {
  constructor(
    private readonly health: Health,
    private readonly db: Db,
  ) {}

  /** `egress` is for tests, which have no public addresses. */
  static forRoot(config: ApiConfig, log: Log, egress: EgressOptions = {}): DynamicModule {
    const { runtime, telemetry, edge, database, redis, auth, features } = config;
    return {
      module: ApiModule,
      imports: [
        TelemetryModule.forRoot({
          process: 'api',
          log,
          internal: { host: telemetry.internalHost, port: telemetry.internalPort },
        }),
        DatabaseModule.forRoot({ ...database, applicationName: 'parley api' }),
        RedisModule.forRoot({ url: redis.url, connectionName: 'parley-api' }),
        RateLimitModule.forRoot({ keyPrefix: redis.channelPrefix }),
        RealtimeModule.forRoot({ channelPrefix: redis.channelPrefix }),
        BusPublisherModule,
        EgressModule.forRoot(egress),
        AuthModule.forRoot(auth),
        TimelineModule,
        TenantsModule,
        KeysModule,
        OperatorsModule,
        SettingsModule,
        FeaturesModule.forRoot(features),
        OriginsModule.forRoot({
          origins: edge.allowedOrigins,
          anyOrigin: edge.allowedOrigins.length === 0 && runtime.env !== 'production',
        }),
        LimitsModule,
        UsersModule,
        AuditModule,
        BlocksModule,
        ConversationsModule,
        ParticipantsModule,
        MessagesModule,
        ReactionsModule,
        ThreadsModule,
        InboxModule,
        PresenceModule,
        SyncModule,
        SearchModule,
        ImportsModule,
      ],
      controllers,
      providers: [SendCount, ...edgeProviders],
    };
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'postgres', gating: true, check: () => this.db.ping() });
  }
}
