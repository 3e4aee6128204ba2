import { Module } from '@nestjs/common';
import { Bootstrap } from './bootstrap';
import { KeyRepository } from './key.repository';
import { TenantKeys } from './tenant-keys';
import { TenantRepository } from './tenant.repository';
import { TenantService } from './tenant.service';

@Module({
  providers: [TenantRepository, KeyRepository, TenantKeys, TenantService, Bootstrap],
  exports: [TenantService, TenantRepository, KeyRepository, TenantKeys, Bootstrap],
})
export class TenantsModule {}
