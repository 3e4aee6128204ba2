import { defineConfig } from 'prisma/config';

// Generating and validating need no database: the fallback only keeps Prisma's own CLI quiet.
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_ADMIN_URL ?? 'postgresql://localhost:5432/parley' },
});
