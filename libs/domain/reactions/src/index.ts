export { ReactionReader } from './reaction-reader';
export { ReactionRepository } from './reaction.repository';
export { ReactionService } from './reaction.service';
export { ReactionsModule } from './reactions.module';
