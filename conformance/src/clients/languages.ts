import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ClientKind } from '../client.types';
import { ProgramClient } from './program';

const run = promisify(execFile);
const programs = path.join(__dirname, '..', '..', 'clients');

/** A client that could not be had: its language or its package is not there. */
export class Unavailable extends Error {}

/** The Python client, with its packages in `folder`. @throws Unavailable */
export async function python(folder: string): Promise<ClientKind> {
  const home = path.join(folder, 'python');
  const interpreter = path.join(home, 'bin', 'python');
  await once('Python', home, async () => {
    await run('python3', ['-m', 'venv', home]);
    const requirements = path.join(programs, 'python', 'requirements.txt');
    await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  });
  return new ProgramClient('Python', [interpreter, '-u', path.join(programs, 'python', 'client.py')]);
}

/** The official Java client, compiled into `folder`. @throws Unavailable */
export async function java(folder: string): Promise<ClientKind> {
  const home = path.join(folder, 'java');
  const project = path.join(programs, 'java');
  await once('Java', home, async () => {
    const pom = path.join(project, 'pom.xml');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${home}`, '-DincludeScope=runtime'];
    await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal]);
    const source = path.join(project, 'src', 'main', 'java', 'Client.java');
    await run('javac', ['-d', home, '-cp', path.join(home, '*'), source]);
  });
  const classPath = [home, path.join(home, '*')].join(path.delimiter);
  return new ProgramClient('Java', ['java', '-cp', classPath, 'Client']);
}

async function once(language: string, home: string, install: () => Promise<void>): Promise<void> {
  const done = path.join(home, 'installed');
  if (existsSync(done)) return;
  await install().catch((error: unknown) => {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Unavailable(`${language}: ${stderr?.trim().split('\n').at(-1) ?? message}`);
  });
  writeFileSync(done, '');
}
