export { Bootstrap, type BootstrapSettings } from './bootstrap';
export { bootstrapConfig } from './bootstrap.config';
export { KeyService } from './key.service';
export { KeysModule } from './keys.module';
export { SettingsModule } from './settings.module';
export { SettingsService } from './settings.service';
export { TenantSettings } from './tenant-settings';
export { TenantService, type CreatedTenant } from './tenant.service';
export { TenantsModule } from './tenants.module';
