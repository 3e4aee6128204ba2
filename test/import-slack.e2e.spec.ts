import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConversationView, MessagePage, MessageView, Page } from '@parley/contracts/wire';
import { slackHistory, startSystem, type System } from '@parley/testing';
import { dense } from './recorder';

const run = promisify(execFile);
const parley = join(__dirname, '../apps/cli/bin/parley.js');
/** A real export, where one is at hand; it is not part of the repository. */
const realExport = process.env['PARLEY_SLACK_EXPORT'];

describe('parley import slack', () => {
  let system: System;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-import-'));
    system = await startSystem({ gateways: 1 });
  }, 60_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await system.stop();
  }, 30_000);

  async function importFile(file: string): Promise<string> {
    const environment = { ...process.env, PARLEY_URL: system.apiUrl, PARLEY_KEY: system.serverKey };
    const { stdout } = await run(
      process.execPath,
      [parley, 'import', 'slack', file, '--tenant', system.tenantId],
      {
        env: environment,
      },
    );
    return stdout;
  }

  /** Every conversation that the import made, with all of its messages. */
  async function everything(): Promise<Map<string, MessageView[]>> {
    const users = await system.rest<Page<{ id: string }>>('GET', '/v1/users?limit=200');
    const found = new Map<string, MessageView[]>();
    for (const { id: userId } of users.data) {
      const token = await system.token(userId);
      const list = await system.rest<Page<ConversationView>>(
        'GET',
        '/v1/conversations?limit=100',
        undefined,
        token,
      );
      for (const { id } of list.data) if (!found.has(id)) found.set(id, await history(id, token));
    }
    return found;
  }

  async function history(conversationId: string, token: string): Promise<MessageView[]> {
    const messages: MessageView[] = [];
    for (let after = 0; ;) {
      const path = `/v1/conversations/${conversationId}/messages?after=${after}&limit=200`;
      const page = await system.rest<MessagePage>('GET', path, undefined, token);
      messages.push(...page.data);
      if (page.page.after === null) return messages;
      after = page.page.after;
    }
  }

  it('I4: takes in a generated history densely, with threads and times, and nothing twice', async () => {
    const file = join(folder, 'generated.zip');
    writeFileSync(file, slackHistory(7, { messages: 1500, users: 40, channels: 3 }));
    await importFile(file);
    const first = await everything();
    expect([...first.values()].flat().length).toBeGreaterThan(1400);
    for (const messages of first.values()) {
      expect(messages.map(({ at }) => at)).toEqual(messages.map(({ at }) => at).sort());
      const [start] = messages;
      const seqs = messages.map(({ seq }) => seq);
      expect(seqs).toEqual(dense(start?.seq ?? 0, seqs.at(-1) ?? 0));
      const byId = new Map(messages.map((message) => [message.id, message]));
      for (const { threadRoot, imported, seq } of messages) {
        expect(imported).toBe(true);
        if (threadRoot === null) continue;
        expect(byId.get(threadRoot.id)).toMatchObject({ seq: threadRoot.seq, threadRoot: null });
        expect(threadRoot.seq).toBeLessThan(seq);
      }
    }
    await importFile(file);
    expect(await everything()).toEqual(first);
  }, 120_000);

  it('names the file and the place of what is broken, and takes in nothing of it', async () => {
    const file = join(folder, 'broken.zip');
    writeFileSync(file, slackHistory(8, { messages: 20, users: 3, channels: 1 }).subarray(0, 400));
    await expect(importFile(file)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('broken.zip'),
    });
  });

  if (realExport !== undefined) {
    it('takes in a real export of 36,682 messages, one of them empty', async () => {
      const before = await count();
      await importFile(realExport);
      expect((await count()) - before).toBe(36_681);
      await importFile(realExport);
      expect((await count()) - before).toBe(36_681);
    }, 240_000);
  }

  async function count(): Promise<number> {
    return [...(await everything()).values()].flat().length;
  }
});
