import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

/** The administrator's way to PostgreSQL, for db:setup and db:migrate alone. */
export const databaseAdminConfig = defineConfig('databaseAdmin', {
  url: setting({
    env: 'DATABASE_ADMIN_URL',
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    secret: true,
    doc: 'PostgreSQL as a role that may create roles, for db:setup and db:migrate. No process receives it.',
    example: 'postgresql://postgres:PASSWORD@postgres:5432/parley',
  }),
});
