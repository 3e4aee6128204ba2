import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Findings } from './findings';
import type { Lab } from './lab';
import type { Scenario } from './scenario.types';

const root = join(__dirname, '../..');

/** Writes what was found, with everything that is needed to find it again; the file's path. */
export async function writeResult(
  folder: string,
  scenario: Scenario,
  order: number,
  lab: Lab,
  findings: Findings,
): Promise<string> {
  const { cores, seed, quick, generators } = lab.options;
  const { name, title, about } = scenario;
  const result = {
    scenario: name,
    order,
    title,
    about,
    at: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD'),
    changed: git('status', '--porcelain', '--', 'apps', 'libs', 'prisma', 'bench/src', 'bench/floors') !== '',
    command: `npm run bench -- ${name}${quick ? ' --quick' : ''} --seed ${seed}`,
    seed,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${release()} ${arch()}`,
      node: process.version,
    },
    settings: {
      quick,
      generators,
      pinned: cores === undefined ? 'no' : `server core ${cores.server}, generator core ${cores.generator}`,
      postgres: await lab.servers.settings(),
    },
    ...findings,
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(result, rounded, 2)}\n`);
  return file;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
