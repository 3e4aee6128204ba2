export { Bus, type BusListener } from './bus';
export { BusPublisher } from './bus-publisher';
export {
  PresenceStore,
  presenceTimes,
  type Departure,
  type PresenceMove,
  type PresenceReading,
  type PresentDevice,
  type SeenStatus,
} from './presence-store';
export { Publisher } from './publisher';
export { BusPublisherModule, RealtimeModule } from './realtime.module';
