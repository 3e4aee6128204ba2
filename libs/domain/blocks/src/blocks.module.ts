import { Module } from '@nestjs/common';
import { BlockRepository } from './block.repository';
import { BlockService } from './block.service';
import { Separations } from './separations';

/** Who is kept apart, and nothing to change it by: for gateways. */
@Module({ providers: [Separations], exports: [Separations] })
export class SeparationsModule {}

@Module({
  imports: [SeparationsModule],
  providers: [BlockService, BlockRepository],
  exports: [SeparationsModule, BlockService],
})
export class BlocksModule {}
