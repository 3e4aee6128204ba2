import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { ZodError } from 'zod';
import { searchIndexJob } from '@parley/contracts/internal';
import { Db } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ReactionReader } from '@parley/domain/reactions';
import { Timeline } from '@parley/domain/timeline';
import { Domain, serverActor, userActor } from '@parley/testing';
import { SearchIndex, SearchService } from '.';
import { searchDocument } from './search-document';
import { searchPut, searchTake, type SearchableRow } from './search.functions';

describe('SearchIndex', () => {
  let domain: Domain;
  let db: Db;
  let tenantId: string;
  let id: string;
  let key = 0;
  const { name } = searchIndexJob;

  beforeAll(async () => {
    domain = await Domain.start();
    db = domain.get(Db);
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada');
    const { conversation } = await domain
      .get(ConversationService)
      .create(serverActor(tenantId), { kind: 'group', participants: [{ userId: 'ada' }] });
    id = conversation.id;
  });
  afterAll(() => domain.stop());

  async function say(text: string) {
    key += 1;
    const input = { clientMessageId: `index-${key}`, text };
    return (await domain.get(MessageService).send(userActor(tenantId, 'ada'), id, input)).message;
  }

  const waiting = (): Promise<string[]> =>
    db.tx(tenantId, async ({ prisma }) =>
      (await prisma.outbox.findMany({ select: { id: true } })).map((event) => event.id),
    );
  const index = async (): Promise<void> => new SearchIndex(db).index(tenantId, await waiting());

  async function texts(q: string): Promise<string[]> {
    const search = new SearchService(db, domain.get(Timeline), domain.get(ReactionReader));
    return (await search.search(userActor(tenantId, 'ada'), { q })).data.map(({ message }) => message.text);
  }

  it.each([
    ['edit', ['corrected']],
    ['deletion', []],
  ])('I9: a job that is overtaken by the job of an %s writes nothing over it', async (change, found) => {
    const message = await say('misspelt');
    const events = await waiting();
    const [taken] = await db.hot.call(searchTake, tenantId, events, name);
    const ada = userActor(tenantId, 'ada');
    const changes = domain.get(MessageChangeService);
    await (change === 'edit'
      ? changes.edit(ada, id, message.id, { text: 'corrected' })
      : changes.delete(ada, id, message.id));
    await index();
    const words = searchDocument(
      { tenantId, conversationId: id, sender: 'ada', at: new Date(), text: 'misspelt', isReply: false },
      new Date(),
    );
    await db.hot.call(searchPut, tenantId, events, name, [id], [taken?.seq], [1], [words], 8, 0, 0);
    expect(await texts('corrected')).toEqual(found);
    expect(await db.tx(tenantId, ({ prisma }) => prisma.messageSearch.count())).toBe(found.length);
  });

  it('refuses an event without a place, and writes the others of its job', async () => {
    await say('placed');
    const good = await waiting();
    const event = { id: randomUUID(), event: 'message.created' };
    await db.tx(tenantId, (tx) => new OutboxAppend().append(tx, [event], [name]));
    const search = new SearchIndex(db);
    await expect(search.index(tenantId, [event.id])).rejects.toThrow(ZodError);
    await search.index(tenantId, good);
    expect(await texts('placed')).toEqual(['placed']);
    expect(await waiting()).toEqual([event.id]);
  });

  it('reads of a long conversation no more than what it writes, though the database was never analysed', async () => {
    await Promise.all(Array.from({ length: 600 }, (_, index) => say(`word ${index}`)));
    const client = new Client(domain.database.adminUrl);
    await client.connect();
    const events = await waiting();
    await client.query('BEGIN');
    const taken = await client.query<SearchableRow>('SELECT * FROM message_search_take_v1($1, $2, $3)', [
      tenantId,
      events,
      name,
    ]);
    const conversations = taken.rows.map(({ conversation_id }) => conversation_id);
    const seqs = taken.rows.map(({ seq }) => seq);
    const [versions, words] = [seqs.map(() => 1), seqs.map(() => 'word')];
    await client.query('SELECT message_search_put_v1($1, $2, $3, $4, $5, $6, $7, 8, 0, 0)', [
      tenantId,
      events,
      name,
      conversations,
      seqs,
      versions,
      words,
    ]);
    const own = await client.query<{ read: string }>(
      `SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read
         FROM pg_stat_xact_user_tables WHERE relname = 'message'`,
    );
    await client.query('ROLLBACK');
    await client.end();
    const read = Number(own.rows[0]?.read);
    const written = taken.rows.length;
    expect(written).toBeGreaterThanOrEqual(600);
    // Each is read for its words, to be locked, and for the foreign key.
    expect(read).toBeGreaterThanOrEqual(written);
    expect(read).toBeLessThanOrEqual(written * 4);
  });

  it('rests between its pieces, and no longer than it may', async () => {
    const conversations = Array.from({ length: 24 }, () => randomUUID());
    const seqs = conversations.map(() => 1);
    const words = conversations.map(() => null);
    const begunAt = performance.now();
    await db.hot.call(searchPut, tenantId, [], name, conversations, seqs, seqs, words, 8, 1e6, 40);
    const tookMs = performance.now() - begunAt;
    expect(tookMs).toBeGreaterThanOrEqual(80);
    // A million times as long as a piece takes would be minutes.
    expect(tookMs).toBeLessThan(4_000);
  });
});
