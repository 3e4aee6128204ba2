import { z } from 'zod';
import { defineConfig, setting } from './setting';

/** How the process runs. Every configuration checks it, so that a misspelt `production` cannot pass unseen. */
export const runtimeConfig = defineConfig('runtime', {
  env: setting({
    env: 'NODE_ENV',
    schema: z.enum(['development', 'test', 'production']),
    default: 'development',
    example: 'production',
    production: 'required',
    doc: 'production refuses weak secrets and requires what must be decided there.',
  }),
});
