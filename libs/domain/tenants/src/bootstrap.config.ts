import { z } from 'zod';
import { defineConfig, setting } from '@parley/platform/config';
import { kidPattern, serverKeyPattern } from '@parley/platform/auth';

/** The first tenant of an installation that starts by itself, as containers do. */
export const bootstrapConfig = defineConfig('bootstrap', {
  tenantName: setting({
    env: 'BOOTSTRAP_TENANT_NAME',
    schema: z.string().max(200),
    optional: true,
    doc: 'Name of a tenant that the api makes when it starts and the tenant does not exist.',
    example: 'Acme',
  }),
  tenantId: setting({
    env: 'BOOTSTRAP_TENANT_ID',
    schema: z.uuid().lowercase().describe('a UUID in lower case'),
    optional: true,
    doc: 'Its id; needed with BOOTSTRAP_TENANT_NAME, so that every start finds the same tenant.',
    example: '0198c0de-0000-7000-8000-000000000001',
  }),
  serverKey: setting({
    env: 'BOOTSTRAP_SERVER_KEY',
    schema: z
      .string()
      .regex(serverKeyPattern)
      .describe('psk_ and 43 characters (32 random bytes in base64url)'),
    secret: true,
    optional: true,
    doc: 'A server key of that tenant with all scopes.',
  }),
  signingKid: setting({
    env: 'BOOTSTRAP_SIGNING_KID',
    schema: z.string().regex(kidPattern).describe('1 to 64 letters, digits, - and _'),
    default: 'pk_first',
    doc: 'Id (kid) of the signing key that JWT_SECRET is of: tokens carry it in their header. A new secret needs a new one.',
  }),
  signingSecret: setting({
    env: 'JWT_SECRET',
    schema: z.string().min(32).max(256),
    secret: true,
    strong: true,
    optional: true,
    doc: 'HS256 secret of that tenant: the host product signs user tokens with this very text.',
  }),
});
