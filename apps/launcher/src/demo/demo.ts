import type { Environment } from '../environment';
import { LaunchError } from '../launch.error';
import { readPrivateJson, writePrivateJson } from '../private-file';
import { hasDemo, mintTokens, writeDemo, type DemoUser } from './demo-writer';
import { Rest } from './rest';

/** Writes the demo where it is missing, and fresh tokens and keys into the file that the command reads. */
export async function prepareDemo(
  apiPort: number,
  environment: Environment,
  url: string,
  file: string,
): Promise<DemoUser[]> {
  const tenantId = environment['BOOTSTRAP_TENANT_ID'] ?? '';
  const serverKey = environment['BOOTSTRAP_SERVER_KEY'] ?? '';
  const rest = new Rest(`http://127.0.0.1:${apiPort}`, serverKey);
  // The file is written last: without it an earlier start may have been interrupted half-way.
  const written = savedTenant(file) === tenantId && (await hasDemo(rest));
  if (!written) await writeDemo(rest);
  const users = await mintTokens(rest);
  writePrivateJson(file, { url, tenantId, serverKey, users });
  return users;
}

/** Undefined where the file is missing or damaged too: all that is in it is made again. */
function savedTenant(file: string): unknown {
  let saved: unknown;
  try {
    saved = readPrivateJson(file);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
  }
  return typeof saved === 'object' && saved !== null && 'tenantId' in saved ? saved.tenantId : undefined;
}
