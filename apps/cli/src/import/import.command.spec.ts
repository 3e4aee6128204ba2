import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { zipFolder, zipOf } from '@parley/testing';
import type { ImportPageDto } from '@parley/contracts/dto';
import type { ImportResult } from '@parley/contracts/wire';
import { run } from '../run';
import { register } from './import.command';

// A recording stand-in for the server: it takes every page.
function recordingServer(pages: ImportPageDto[], scopes: string[]): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') {
        response.end(JSON.stringify({ tenantId: 'tenant-1', scopes, limits: {} }));
        return;
      }
      const page = JSON.parse(Buffer.concat(chunks).toString()) as ImportPageDto;
      pages.push(page);
      const result: ImportResult = {
        users: { created: page.users?.length ?? 0, existing: 0 },
        conversations: [],
        messages: { created: page.messages?.length ?? 0, duplicate: 0, skipped: [] },
      };
      response.end(JSON.stringify(result));
    });
  });
}

describe('parley import slack', () => {
  let folder: string;
  let server: Server;
  let pages: ImportPageDto[];
  let scopes: string[];
  let printed: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-import-'));
    pages = [];
    scopes = ['imports'];
    printed = '';
    server = recordingServer(pages, scopes);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const record = (text: string | Uint8Array): boolean => {
      printed += String(text);
      return true;
    };
    jest.spyOn(process.stdout, 'write').mockImplementation(record);
    jest.spyOn(process.stderr, 'write').mockImplementation(record);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  async function importOf(zip: Buffer, ...options: string[]): Promise<number> {
    const file = join(folder, 'export.zip');
    writeFileSync(file, zip);
    const program = new Command('parley').exitOverride();
    register(program);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return run(program, ['import', 'slack', file, '--url', url, '--key', 'psk_test', ...options]);
  }

  const fixture = (): Buffer => zipFolder(resolve('test/fixtures/slack-export'));

  it('sends users, then conversations, then the messages of each in order, and tells what it did', async () => {
    expect(await importOf(fixture(), '--tenant', 'tenant-1')).toBe(0);
    expect(pages.map((page) => Object.keys(page))).toEqual([
      ['users'],
      ['conversations'],
      ...Array.from({ length: 4 }, () => ['messages']),
    ]);
    const general = pages[2]?.messages ?? [];
    expect(general.map(({ clientMessageId }) => clientMessageId.slice('slack.C00000001.'.length))).toEqual([
      '1500000010.000100',
      '1500000020.000200',
      '1500000030.000300',
      '1500000040.000400',
      '1500086400.000200',
      '1500086500.000000',
    ]);
    expect(general[0]).toMatchObject({
      text: 'Hello @Ben Birke, see the notes (https://example.org/a?b=1&c=2) <today>',
      mentions: [{ userId: 'U00000002' }],
    });
    expect(general[4]).toMatchObject({
      text: 'And in #general too, @here',
      threadRoot: { sender: 'U00000001', clientMessageId: 'slack.C00000001.1500000010.000100' },
    });
    expect(printed).toContain('9 of 9 messages');
    expect(printed).toMatch(/#general +6 +0/);
    expect(printed).toContain('skipped: 1 event (channel_join)');
  });

  it('splits the participants of a large channel over entries of one key', async () => {
    const members = Array.from({ length: 1_101 }, (_, n) => `U${n}`);
    const zip = zipOf({
      'users.json': '[]',
      'channels.json': JSON.stringify([{ id: 'C1', name: 'all', members }]),
    });
    expect(await importOf(zip, '--tenant', 'tenant-1')).toBe(0);
    const entries = pages.flatMap((page) => page.conversations ?? []);
    expect(entries.map(({ key, participants }) => [key, participants.length])).toEqual([
      ['slack.C1', 500],
      ['slack.C1', 500],
      ['slack.C1', 101],
    ]);
    expect(pages.flatMap((page) => page.users ?? [])).toHaveLength(1_101);
  });

  it('sends nothing of an export with a broken file, names the place, and exits with 1', async () => {
    const zip = zipOf({
      'users.json': '[{"id": "U1", "name": "ada"}]',
      'channels.json': '[{"id": "C1", "name": "general"}]',
      'general/2017-07-14.json':
        '[{"type": "message", "user": "U1", "text": "fine", "ts": "1500000001.000000"}]',
      'general/2017-07-15.json': '[{"type": "message", "user": "U1", "text": "no time"}]',
    });
    expect(await importOf(zip, '--tenant', 'tenant-1')).toBe(1);
    expect(printed).toBe('general/2017-07-15.json, record 1, field ts: expected text, found nothing\n');
    expect(pages).toEqual([]);
  });

  it('refuses a key of another tenant or without the scope, before it sends anything', async () => {
    expect(await importOf(fixture(), '--tenant', 'tenant-2')).toBe(1);
    expect(printed).toContain('belongs to tenant tenant-1, not to tenant-2');
    scopes.pop();
    expect(await importOf(fixture(), '--tenant', 'tenant-1')).toBe(1);
    expect(printed).toContain('lacks the scope imports');
    expect(pages).toEqual([]);
  });

  it('tells scripts the same as JSON', async () => {
    expect(await importOf(fixture(), '--tenant', 'tenant-1', '--dry-run', '--json')).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      messages: 9,
      replies: 3,
      notes: { 'thread root missing': 1 },
    });
  });

  it('prints no control characters that stand in the file', async () => {
    const join = {
      type: 'message',
      subtype: '\u001b[2Jevil',
      user: 'U1',
      text: 'x',
      ts: '1500000001.000000',
    };
    const zip = zipOf({
      'users.json': '[]',
      'channels.json': '[{"id": "C1", "name": "all\\u001b]0;evil\\u0007"}]',
      'C1/2017-07-14.json': JSON.stringify([join]),
    });
    expect(await importOf(zip, '--tenant', 'tenant-1')).toBe(0);
    expect(printed).toContain('evil');
    expect(printed).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('only reads and counts in a dry run', async () => {
    expect(await importOf(fixture(), '--tenant', 'tenant-1', '--dry-run')).toBe(0);
    expect(pages).toEqual([]);
    expect(printed).toContain('Nothing was sent (dry run).');
    expect(printed).toMatch(/#general +6\n/);
  });
});
