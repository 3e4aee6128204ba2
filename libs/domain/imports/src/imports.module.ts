import { Module } from '@nestjs/common';
import { TenantsModule } from '@parley/domain/tenants';
import { ImportRepository } from './import.repository';
import { ImportService } from './import.service';

@Module({
  imports: [TenantsModule],
  providers: [ImportService, ImportRepository],
  exports: [ImportService],
})
export class ImportsModule {}
