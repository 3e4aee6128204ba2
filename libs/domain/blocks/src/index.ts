export { BlockService } from './block.service';
export { BlocksModule } from './blocks.module';
export { assertMayMeet } from './may-meet';
