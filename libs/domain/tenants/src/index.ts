export { Bootstrap, type BootstrapSettings } from './bootstrap';
export { bootstrapConfig } from './bootstrap.config';
export { KeyService } from './key.service';
export { KeysModule } from './keys.module';
export { OperatorKeys } from './operator-keys';
export { OperatorTenantService } from './operator-tenant.service';
export { OperatorsModule } from './operators.module';
export { TenantService } from './tenant.service';
export { TenantsModule } from './tenants.module';
