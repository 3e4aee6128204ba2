export { Bootstrap, type BootstrapSettings } from './bootstrap';
export { bootstrapConfig } from './bootstrap.config';
export { KeyService } from './key.service';
export { KeysModule } from './keys.module';
export { TenantService, type CreatedTenant } from './tenant.service';
export { TenantsModule } from './tenants.module';
