import { searchIndexJob } from '@parley/contracts/internal';
import type { MessageSearchQueryDto } from '@parley/contracts/dto';
import { Db } from '@parley/platform/database';
import { OutboxEvents } from '@parley/platform/outbox';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { ReactionReader } from '@parley/domain/reactions';
import { Timeline } from '@parley/domain/timeline';
import { Domain, serverActor, userActor } from '@parley/testing';
import { SearchIndex, SearchService } from '.';

describe('searching messages', () => {
  let domain: Domain;
  let db: Db;
  let search: SearchService;
  let tenantId: string;
  let key = 0;

  beforeAll(async () => {
    domain = await Domain.start();
    db = domain.get(Db);
    search = new SearchService(db, domain.get(Timeline), domain.get(ReactionReader));
  });
  beforeEach(async () => {
    tenantId = await domain.tenant('ada', 'grace', 'alan');
  });
  afterAll(() => domain.stop());

  async function group(users: string[], tenant = tenantId, history: 'full' | 'joined' = 'full') {
    const { conversation } = await domain.get(ConversationService).create(serverActor(tenant), {
      kind: 'group',
      participants: users.map((userId) => ({ userId })),
      history,
    });
    return conversation.id;
  }

  async function say(conversationId: string, userId: string, text: string, tenant = tenantId) {
    key += 1;
    const input = { clientMessageId: `search-${key}`, text };
    return (await domain.get(MessageService).send(userActor(tenant, userId), conversationId, input)).message;
  }

  /** Does the jobs that wait in the outbox. */
  async function index(tenant = tenantId): Promise<void> {
    await db.tx(tenant, async (tx) => {
      const ids = (await tx.prisma.outbox.findMany({ select: { id: true } })).map(({ id }) => id);
      const events = await new OutboxEvents(db).clear(tx, ids, searchIndexJob.name);
      await new SearchIndex().write(
        tx,
        events.map((event) => searchIndexJob.schema.parse(event)),
      );
    });
  }

  async function texts(userId: string, query: MessageSearchQueryDto, tenant = tenantId): Promise<string[]> {
    const { data } = await search.search(userActor(tenant, userId), query);
    return data.map(({ message }) => message.text).sort();
  }

  it('finds parts of words, in any language, and phrases of whole words', async () => {
    const id = await group(['ada', 'grace']);
    for (const text of ['the quick brown fox', 'a quicker bröwn dog', 'the slow fox', 'ein schöner Garten']) {
      await say(id, 'ada', text);
    }
    await index();
    expect(await texts('grace', { q: 'quick' })).toEqual(['a quicker bröwn dog', 'the quick brown fox']);
    expect(await texts('grace', { q: 'FOX the' })).toEqual(['the quick brown fox', 'the slow fox']);
    expect(await texts('grace', { q: '"brown fox"' })).toEqual(['the quick brown fox']);
    expect(await texts('grace', { q: '"quick fox"' })).toEqual([]);
    expect(await texts('grace', { q: '"quick"' })).toEqual(['the quick brown fox']);
    expect(await texts('grace', { q: 'ick own' })).toEqual(['the quick brown fox']);
    expect(await texts('grace', { q: 'RÖWN' })).toEqual(['a quicker bröwn dog']);
    expect(await texts('grace', { q: 'slow or dog' })).toEqual(['a quicker bröwn dog', 'the slow fox']);
    expect(await texts('grace', { q: 'fox -quick' })).toEqual(['the slow fox']);
    expect(await texts('grace', { q: 'the -quic' })).toEqual(['the quick brown fox', 'the slow fox']);
    expect(await texts('grace', { q: '-quick fox' })).toEqual(['the slow fox']);
    expect(await texts('grace', { q: 'schö' })).toEqual(['ein schöner Garten']);
  });

  it.each(['-fox', '""', '!!', "'; DROP TABLE message; --", ':*', 'a & | b', '\\', '(', '-"a b"'])(
    'S14: takes %s as what it is: words, or nothing',
    async (q) => {
      const id = await group(['ada']);
      await say(id, 'ada', 'nothing of it');
      await index();
      expect(await texts('ada', { q })).toEqual([]);
    },
  );

  it('S13: shows only messages of conversations that the caller is in, of its tenant alone', async () => {
    const other = await domain.tenant('ada', 'eve');
    const mine = await group(['ada', 'grace']);
    const theirs = await group(['alan']);
    const foreign = await group(['ada', 'eve'], other);
    await say(mine, 'ada', 'secret plan mine');
    await say(theirs, 'alan', 'secret plan theirs');
    await say(foreign, 'eve', 'secret plan foreign', other);
    await index();
    await index(other);
    expect(await texts('ada', { q: 'secret' })).toEqual(['secret plan mine']);
    expect(await texts('alan', { q: 'secret' })).toEqual(['secret plan theirs']);
    // The same user id in two tenants: two people.
    expect(await texts('ada', { q: 'secret' }, other)).toEqual(['secret plan foreign']);
    expect(await texts('ada', { q: 'secret', conversationId: [theirs] })).toEqual([]);
    expect(await texts('ada', { q: 'secret', conversationId: [foreign] })).toEqual([]);
    expect(await texts('ada', { q: 'secret', conversationId: [mine] })).toEqual(['secret plan mine']);
  });

  it('S13: the job of one tenant cannot index a message of another', async () => {
    const other = await domain.tenant('eve');
    const foreign = await group(['eve'], other);
    const message = await say(foreign, 'eve', 'not yours', other);
    await db.tx(tenantId, (tx) =>
      new SearchIndex().write(tx, [{ conversationId: foreign, seq: message.seq }]),
    );
    expect(await texts('eve', { q: 'yours' }, other)).toEqual([]);
  });

  it('stays within what the caller may see: after the join, and up to the leaving', async () => {
    const id = await group(['ada', 'grace'], tenantId, 'joined');
    await say(id, 'ada', 'word before');
    const participants = domain.get(ParticipantService);
    await participants.add(serverActor(tenantId), id, [{ userId: 'alan' }]);
    await say(id, 'ada', 'word during');
    await participants.remove(serverActor(tenantId), id, 'alan');
    await say(id, 'ada', 'word after');
    await index();
    expect(await texts('alan', { q: 'word' })).toEqual(['word during']);
    expect(await texts('ada', { q: 'word' })).toEqual(['word after', 'word before', 'word during']);
  });

  it('pages without a gap or a repeat, the newest first among equals', async () => {
    const id = await group(['ada']);
    for (let index = 0; index < 7; index += 1) await say(id, 'ada', `same ${index}`);
    await index();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search.search(userActor(tenantId, 'ada'), { q: 'same', limit: 3, cursor });
      found.push(...page.data.map(({ message }) => message.text));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual([6, 5, 4, 3, 2, 1, 0].map((number) => `same ${number}`));
  });

  it('an edited message is found by what it says now', async () => {
    const id = await group(['ada']);
    const message = await say(id, 'ada', 'misspelt');
    await index();
    await domain
      .get(MessageChangeService)
      .edit(userActor(tenantId, 'ada'), id, message.id, { text: 'corrected' });
    await index();
    expect(await texts('ada', { q: 'misspelt' })).toEqual([]);
    expect(await texts('ada', { q: 'corrected' })).toEqual(['corrected']);
  });

  it('I9: a deleted message is not shown, and leaves the search with its job', async () => {
    const id = await group(['ada']);
    const message = await say(id, 'ada', 'regretted');
    await index();
    await domain.get(MessageChangeService).delete(userActor(tenantId, 'ada'), id, message.id);
    expect(await texts('ada', { q: 'regretted' })).toEqual([]);
    const indexed = () => db.tx(tenantId, (tx) => tx.prisma.messageSearch.count());
    expect(await indexed()).toBe(1);
    await index();
    expect(await indexed()).toBe(0);
  });

  it('reads of a long conversation no more than what it writes, though the database was never analysed', async () => {
    const id = await group(['ada']);
    await Promise.all(Array.from({ length: 600 }, (_, index) => say(id, 'ada', `word ${index}`)));
    const written = 200;
    const read = await db.tx(tenantId, async (tx) => {
      const messages = Array.from({ length: written }, (_, index) => ({
        conversationId: id,
        seq: 1 + index,
      }));
      await new SearchIndex().write(tx, messages);
      const [own] = await tx.sql<{ read: bigint }>`
        SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read
          FROM pg_stat_xact_user_tables WHERE relname = 'message'`;
      return Number(own?.read);
    });
    // Each is read for its words, for what must go, and for the foreign key.
    expect(read).toBeGreaterThanOrEqual(written);
    expect(read).toBeLessThanOrEqual(written * 4);
  });

  it('is for users: a server key must act for one', async () => {
    await expect(search.search(serverActor(tenantId), { q: 'word' })).rejects.toMatchObject({
      code: 'actor.required',
    });
  });
});
