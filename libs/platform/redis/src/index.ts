export { RedisConnections, type RedisOptions } from './redis-connections';
export { redisKeys } from './redis-keys';
export { redisConfig } from './redis.config';
export { RedisModule } from './redis.module';
