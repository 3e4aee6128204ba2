import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

const preload = pathToFileURL(join(__dirname, '../../collect-garbage.mjs')).href;
const collectedMs = 2_000;

/** Arguments of node with which a process collects its garbage when it is told to. */
export const collectsOnSignal: readonly string[] = ['--import', preload];

/** Resolves when that process has given back all that nobody holds. */
export async function collectGarbage(pid: number): Promise<void> {
  process.kill(pid, 'SIGUSR2');
  await delay(collectedMs);
}
