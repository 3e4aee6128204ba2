import { Module } from '@nestjs/common';
import { OperatorTenantService } from './operator-tenant.service';
import { TenantsModule } from './tenants.module';

/** For processes that operators ask: suspending a tenant is published. */
@Module({ imports: [TenantsModule], providers: [OperatorTenantService], exports: [OperatorTenantService] })
export class OperatorsModule {}
