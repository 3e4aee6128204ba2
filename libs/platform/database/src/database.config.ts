import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** Where PostgreSQL is, and how many connections this process may hold. */
export const databaseConfig = defineConfig('database', {
  url: setting({
    env: 'DATABASE_URL',
    schema: postgresUrl,
    secret: true,
    doc: 'PostgreSQL as the application role (parley_app): rows of one tenant at a time, by row-level security.',
    example: 'postgresql://parley_app:PASSWORD@postgres:5432/parley',
  }),
  systemUrl: setting({
    env: 'DATABASE_SYSTEM_URL',
    schema: postgresUrl,
    secret: true,
    doc: 'PostgreSQL as the system role (parley_system): key look-up and tail, through system_* functions only.',
    example: 'postgresql://parley_system:PASSWORD@postgres:5432/parley',
  }),
  poolMax: setting({
    env: 'DATABASE_POOL_MAX',
    schema: z.coerce.number().int().min(1).max(200),
    default: 10,
    doc: 'Connections of one process for transactions (Db.tx).',
  }),
  hotConnections: setting({
    env: 'DATABASE_HOT_CONNECTIONS',
    schema: z.coerce.number().int().min(1).max(32),
    default: 2,
    doc: 'Pipelined connections of one process for the hot path (Db.hot).',
  }),
  sendLanes: setting({
    env: 'DATABASE_SEND_LANES',
    schema: z.coerce.number().int().min(1).max(32),
    default: 2,
    doc: 'Pipelined connections of one process for sends; the first carries all batches of more than two, until sixteen wait for it.',
  }),
});
