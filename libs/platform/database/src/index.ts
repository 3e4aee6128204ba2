export { databaseConfig } from './database.config';
export { databaseError, readFailure, type DatabaseFailure } from './database.errors';
export { DatabaseModule } from './database.module';
export { Db, type DbOptions, type Tx } from './db';
export { GatheredCalls } from './gathered-calls';
export { Hot, hotFunction, type HotFunction } from './hot';
export { SessionLock } from './session-lock';
export * from './migrate';
export * from './setup';
