import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');

export interface LoadTestRun {
  code: number | null;
  output: string;
}

/** Where k6 is: on the path, or where Go installs commands. @throws when it is nowhere */
export async function findK6(): Promise<string> {
  const fromGo = await promisify(execFile)('go', ['env', 'GOPATH']).then(
    ({ stdout }) => stdout.trim(),
    () => join(homedir(), 'go'),
  );
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    process.env['GOBIN'] ?? '',
    join(fromGo, 'bin'),
  ];
  const found = folders.map((folder) => join(folder, 'k6')).find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error('k6 is not installed: go install go.k6.io/k6@v1.8.1 (docs/load-testing.md)');
  }
  return found;
}

/** One `k6 run load-test.js` with these settings. */
export async function runLoadTest(k6: string, settings: Record<string, string>): Promise<LoadTestRun> {
  const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const child = spawn(k6, ['run', '--quiet', '--no-usage-report', ...given, 'load-test.js'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, output };
}

/** The measurements whose thresholds the run crossed, as its summary names them. */
export function crossed({ output }: LoadTestRun): string[] {
  return [...output.matchAll(/^ {2}FAIL {2}(.+?) {2,}/gm)].map(([, name]) => name ?? '');
}
