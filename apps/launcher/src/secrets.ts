import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { LaunchError } from './launch.error';
import { readPrivateJson, writePrivateJson } from './private-file';

const secretsSchema = z.object({
  /** Encrypts the tenants' keys in the database: without it they are lost. */
  secretsKey: z.string(),
  adminPassword: z.string(),
  appPassword: z.string(),
  systemPassword: z.string(),
  demoTenantId: z.uuid(),
  demoServerKey: z.string(),
  demoSigningKid: z.string(),
  demoSigningSecret: z.string(),
});

/** What the first start makes and every later one needs to open the same data. */
export type Secrets = z.infer<typeof secretsSchema>;

/** Reads the secrets of a data folder, or makes them. Throws {@link LaunchError} when the file is damaged. */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const saved = readPrivateJson(file);
  if (saved === undefined) {
    const made = makeSecrets();
    writePrivateJson(file, made);
    return made;
  }
  const parsed = secretsSchema.safeParse(saved);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new LaunchError(
      `The file ${file} is damaged (${fields || 'not an object'}): restore it, or move the data folder away to begin anew.`,
    );
  }
  return parsed.data;
}

function makeSecrets(): Secrets {
  return {
    secretsKey: randomBytes(32).toString('base64'),
    adminPassword: random(24),
    appPassword: random(24),
    systemPassword: random(24),
    demoTenantId: uuid(),
    demoServerKey: `psk_${random(32)}`,
    demoSigningKid: `pk_${random(16)}`,
    demoSigningSecret: random(32),
  };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
