import { Module, type DynamicModule } from '@nestjs/common';
import { Origins, type OriginDefaults } from './origins';
import { SettingsModule } from './settings.module';
import { TenantRepository } from './tenant.repository';
import { TenantSettings } from './tenant-settings';
import { TenantsModule } from './tenants.module';

/** For processes that web pages call. */
@Module({})
export class OriginsModule {
  static forRoot(defaults: OriginDefaults): DynamicModule {
    return {
      module: OriginsModule,
      imports: [TenantsModule, SettingsModule],
      providers: [
        {
          provide: Origins,
          useFactory: (repository: TenantRepository, settings: TenantSettings) =>
            new Origins(defaults, repository, settings),
          inject: [TenantRepository, TenantSettings],
        },
      ],
      exports: [Origins],
    };
  }
}
