import { Module } from '@nestjs/common';
import { BlockReader } from './block-reader';
import { BlockRepository } from './block.repository';
import { BlockService } from './block.service';

@Module({
  providers: [BlockService, BlockReader, BlockRepository],
  exports: [BlockService, BlockReader],
})
export class BlocksModule {}
