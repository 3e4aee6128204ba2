import { Module } from '@nestjs/common';
import { Epoch } from './epoch';
import { SyncService } from './sync.service';

@Module({
  providers: [SyncService, Epoch],
  exports: [SyncService],
})
export class SyncModule {}
