import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .describe('32 random bytes in base64 (openssl rand -base64 32)');

/** What encrypts the tenants' secrets in the database. */
export const authConfig = defineConfig('auth', {
  secretsKey: setting({
    env: 'SECRETS_KEY',
    schema: key,
    secret: true,
    doc: 'Encrypts signing secrets and other keys in the database. Keep it: without it they are lost.',
  }),
  secretsKeyPrevious: setting({
    env: 'SECRETS_KEY_PREVIOUS',
    schema: key,
    secret: true,
    optional: true,
    doc: 'The former SECRETS_KEY while a new one is introduced: it still decrypts and no longer encrypts.',
  }),
});
