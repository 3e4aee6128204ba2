import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { ClientKind } from './client.types';
import { frames } from './clients/frames';
import { javascript } from './clients/javascript';
import { java, python } from './clients/languages';
import { Installation } from './installation';
import { judge, scenarios } from './suite';
import { Table } from './table';

interface Options {
  url: string;
  socketUrl?: string;
  key: string;
  languages: boolean;
  folder?: string;
}

const own: readonly ClientKind[] = [frames('socket.io'), frames('ws'), javascript];

async function main(): Promise<void> {
  const options = new Command('conformance')
    .description('Checks that an installation speaks the protocol, with several clients, and prints a table.')
    .option('--url <url>', 'of the installation', 'http://127.0.0.1:3000')
    .option('--socket-url <url>', 'of its sockets, where they are elsewhere')
    .requiredOption('--key <key>', 'a server key of a tenant that may be tried out')
    .option('--languages', 'the Java and the Python client too; they are installed first', false)
    .option('--folder <folder>', 'where those are installed, to keep them for the next time')
    .parse()
    .opts<Options>();
  const url = options.url.replace(/\/+$/, '');
  const installation = new Installation(url, options.socketUrl?.replace(/\/+$/, '') ?? url, options.key);
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'parley-conformance-'));
  mkdirSync(folder, { recursive: true });
  try {
    const clients = [...own, ...(options.languages ? [await python(folder), await java(folder)] : [])];
    const table = new Table(clients.map(({ name }) => name));
    for (const client of clients) {
      for (const scenario of scenarios) {
        table.set(scenario.name, client.name, await judge(scenario, client, installation));
      }
      await client.stop();
    }
    process.stdout.write(`${table.print()}\n`);
    const tried = clients.length * scenarios.length;
    process.stdout.write(`${tried - table.failures} passed, ${table.failures} failed\n`);
    process.exitCode = table.failures === 0 ? 0 : 1;
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
