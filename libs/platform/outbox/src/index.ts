export { JobSink, type NewJob } from './job-sink';
export { OutboxAppend, type NewOutboxEvent } from './outbox-append';
export { OutboxEvents } from './outbox-events';
export { OutboxRelay, type RelayOptions } from './outbox-relay';
export { outboxConfig } from './outbox.config';
export { OutboxRelayModule } from './outbox.module';
