export { BlockService } from './block.service';
export { BlocksModule, SeparationsModule } from './blocks.module';
export { assertMayMeet } from './may-meet';
export { Separations, type Separation } from './separations';
