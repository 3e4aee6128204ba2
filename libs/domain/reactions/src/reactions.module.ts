import { Module } from '@nestjs/common';
import { ParticipantsModule } from '@parley/domain/participants';
import { ReactionReader } from './reaction-reader';
import { ReactionRepository } from './reaction.repository';
import { ReactionService } from './reaction.service';

@Module({
  imports: [ParticipantsModule],
  providers: [ReactionService, ReactionReader, ReactionRepository],
  exports: [ReactionService, ReactionReader, ReactionRepository],
})
export class ReactionsModule {}
