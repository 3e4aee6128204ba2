import { z } from 'zod';
import { defineConfig, setting, type AppConfiguration } from '@parley/platform/config';

/** The embedded installation: its entrance and its data folder. */
export const launcherConfig = defineConfig('launcher', {
  port: setting({
    env: 'PORT',
    schema: z.coerce.number().int().min(1).max(65_535),
    default: 3000,
    doc: 'The one port of the embedded installation.',
  }),
  host: setting({
    env: 'HOST',
    schema: z.string(),
    default: '127.0.0.1',
    doc: 'The address that the embedded installation listens on; 0.0.0.0 opens it to the network.',
  }),
  dataDir: setting({
    env: 'PARLEY_DATA_DIR',
    schema: z.string(),
    default: '.parley',
    doc: 'The folder that keeps the data of the embedded installation.',
  }),
  databaseAdminUrl: setting({
    env: 'DATABASE_ADMIN_URL',
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    secret: true,
    optional: true,
    doc: 'A role that may create roles: with it the embedded installation sets up and migrates the database of DATABASE_URL.',
    example: 'postgresql://postgres:PASSWORD@postgres:5432/parley',
  }),
  log: setting({
    env: 'PARLEY_LOG',
    schema: z.enum(['problems', 'all']),
    default: 'problems',
    doc: 'Which log lines of the processes the embedded installation shows: problems, or all. Its files have all of them.',
  }),
  restartOnChange: setting({
    env: 'PARLEY_DEV',
    schema: z.enum(['0', '1']),
    default: '0',
    doc: '1 restarts a process of the embedded installation when its compiled files change (npm run dev).',
  }),
});

/** The settings that the launcher reads itself; it passes all others on to the processes. */
export const launcherConfiguration: AppConfiguration = { app: 'launcher', sections: [launcherConfig] };
