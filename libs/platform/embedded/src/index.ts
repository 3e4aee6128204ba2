export { prepareFolder } from './data-folder';
export { EmbeddedError } from './embedded.error';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export { EmbeddedRedis, type EmbeddedRedisOptions } from './embedded-redis';
export { lockFolder } from './folder-lock';
export { findRedis, installRedis, type InstallRedisOptions } from './redis-binary';
export { freePort } from './free-port';
export type { ServerExit } from './supervised-process';
