export { Bus, type BusListener } from './bus';
export { BusPublisher } from './bus-publisher';
export { Publisher } from './publisher';
export { BusPublisherModule, RealtimeModule } from './realtime.module';
