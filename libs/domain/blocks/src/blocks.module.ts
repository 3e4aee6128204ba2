import { Module } from '@nestjs/common';
import { BlockRepository } from './block.repository';
import { BlockService } from './block.service';

@Module({
  providers: [BlockService, BlockRepository],
  exports: [BlockService],
})
export class BlocksModule {}
