export { bodyHash, type MessageBody } from './body-hash';
export type { NewChange } from './append';
export { busEvent, messageCreated, onlyForOf, targetSeqOf } from './event.view';
export type { ChangedMessage, MessageContent } from './message-changes';
export type { SendOutcome, SendRow } from './send-lane';
export {
  Timeline,
  type Access,
  type ImportOutcome,
  type ImportRow,
  type LockedHead,
  type Membership,
  type PageOptions,
  type Range,
} from './timeline';
export { TimelineModule } from './timeline.module';
