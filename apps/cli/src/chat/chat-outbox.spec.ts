import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ParleyClient, type Connection, type Transport, type TransportHandlers } from '@parley/client';
import { FileOutboxStorage } from '@parley/client/node';
import { followBacklog, openOutbox, outboxFile } from './chat-outbox';

const owner = { tenantId: 't1', userId: 'ada' };

/** A server that says yes to everything but one text. */
class SmallServer implements Transport {
  readonly texts: string[] = [];

  connect(_token: string, handlers: TransportHandlers): Connection {
    setImmediate(() => {
      handlers.opened();
      handlers.event('ready', { userId: 'ada', connectionId: 'c', serverTime: '', epoch: 'e' });
    });
    const request = async (name: string, input: unknown): Promise<unknown> => {
      if (name !== 'message.send') return { epoch: 'e', heads: [], next: null };
      const { text } = input as { text: string };
      this.texts.push(text);
      return { message: { seq: this.texts.length }, duplicate: false };
    };
    return { request: request as Connection['request'], close: () => undefined };
  }
}

describe('the outbox of the chat', () => {
  let folder: string;

  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'parley-chat-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('stands in the installation, else in the state folder, one file per tenant and user', () => {
    const env = { XDG_STATE_HOME: '/state' };
    const file = outboxFile(env, '/checkout/.parley', owner);
    expect(path.dirname(file)).toBe(path.resolve('/checkout/.parley/chat'));
    expect(path.dirname(outboxFile(env, null, owner))).toBe(path.resolve('/state/parley/chat'));
    const files = [owner, { ...owner, tenantId: 't2' }, { ...owner, userId: '../bo' }].map((each) =>
      outboxFile(env, '/checkout/.parley', each),
    );
    expect(new Set(files).size).toBe(3);
    expect(files.every((each) => /^[0-9a-f]{32}\.jsonl$/.test(path.basename(each)))).toBe(true);
  });

  it('sends at the next start what was written without a connection', async () => {
    const file = outboxFile({}, folder, owner);
    const first = await FileOutboxStorage.open(file);
    const offline = new ParleyClient({ url: 'http://there', token: 't', outbox: first });
    const unsent = offline.send('c1', { text: 'written offline' }).catch((error: unknown) => error);
    await offline.pendingMessages();
    await first.load();
    offline.close();
    await first.close();
    expect(await unsent).toMatchObject({ code: 'client.closed' });

    const second = await FileOutboxStorage.open(file);
    const server = new SmallServer();
    const client = new ParleyClient({ url: 'http://there', token: 't', outbox: second, transport: server });
    const backlog = await followBacklog(client, () => undefined);
    expect(backlog.count).toBe(1);
    client.connect();
    await backlog.settled;
    expect(server.texts).toEqual(['written offline']);
    client.close();
    await second.close();
  });

  it('says why it keeps nothing, and the chat goes on', async () => {
    const file = outboxFile({}, folder, owner);
    const first = await FileOutboxStorage.open(file);
    expect(await openOutbox(file)).toMatchObject({ problem: expect.stringContaining('in use') });
    await first.close();
    const blocked = path.join(folder, 'blocked');
    await writeFile(blocked, '');
    expect(await openOutbox(path.join(blocked, 'x.jsonl'))).toMatchObject({ problem: expect.any(String) });
  });
});
