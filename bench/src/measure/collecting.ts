import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

const preload = pathToFileURL(join(__dirname, '../../collect-garbage.mjs')).href;
const collectedMs = 1_000;
/** Code that was used at the start alone is given back only when several collections have found it unused. */
const times = 6;

/** Arguments of node with which a process collects its garbage when it is told to. */
export const collectsOnSignal: readonly string[] = ['--import', preload];

/** Resolves when that process has given back all that nobody holds. */
export async function collectGarbage(pid: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    process.kill(pid, 'SIGUSR2');
    await delay(collectedMs);
  }
}
