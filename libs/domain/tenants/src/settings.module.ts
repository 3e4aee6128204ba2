import { Module } from '@nestjs/common';
import { SettingsService } from './settings.service';
import { TenantSettings } from './tenant-settings';
import { TenantsModule } from './tenants.module';

/** For processes whose requests are limited. */
@Module({
  imports: [TenantsModule],
  providers: [TenantSettings, SettingsService],
  exports: [TenantSettings, SettingsService],
})
export class SettingsModule {}
