import { Module } from '@nestjs/common';
import { Bootstrap } from './bootstrap';
import { KeyRepository } from './key.repository';
import { KeyService } from './key.service';
import { TenantKeys } from './tenant-keys';
import { TenantRepository } from './tenant.repository';
import { TenantService } from './tenant.service';

@Module({
  providers: [TenantRepository, KeyRepository, TenantKeys, TenantService, KeyService, Bootstrap],
  exports: [TenantService, KeyService, Bootstrap],
})
export class TenantsModule {}
