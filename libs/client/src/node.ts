export { FileOutboxStorage } from './node/file-outbox.storage';
export { OutboxFileError } from './node/outbox-file.error';
