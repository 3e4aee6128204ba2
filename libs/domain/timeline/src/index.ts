export { bodyHash, type MessageBody } from './body-hash';
export { busEvent, messageCreated } from './event.view';
export type { SendOutcome, SendRow } from './send-lane';
export {
  Timeline,
  type Access,
  type ImportOutcome,
  type ImportRow,
  type LockedHead,
  type Membership,
  type NewChange,
  type PageOptions,
  type Range,
} from './timeline';
export { TimelineModule } from './timeline.module';
