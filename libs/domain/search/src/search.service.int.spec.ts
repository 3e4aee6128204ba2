import { randomUUID } from 'node:crypto';
import { searchIndexJob } from '@parley/contracts/internal';
import type { MessageSearchQueryDto } from '@parley/contracts/dto';
import { Db } from '@parley/platform/database';
import { OutboxAppend } from '@parley/platform/outbox';
import { ConversationService } from '@parley/domain/conversations';
import { MessageChangeService, MessageService, PinService } from '@parley/domain/messages';
import { ParticipantService } from '@parley/domain/participants';
import { ReactionReader, ReactionService } from '@parley/domain/reactions';
import { Timeline } from '@parley/domain/timeline';
import { Domain, serverActor, userActor, waitFor } from '@parley/testing';
import { SearchIndex, SearchService } from '.';
import { searchPut } from './search.functions';

// In few messages they are looked through; where there are more the index is asked.
describe.each([
  ['few', 0],
  ['many', 100_000],
])('searching messages, of %s', (_, earlierSeqs) => {
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
    await db.tx(
      tenant,
      ({ sql }) =>
        sql`UPDATE conversation_head SET last_seq = last_seq + ${earlierSeqs}
           WHERE tenant_id = ${tenant}::uuid AND conversation_id = ${conversation.id}::uuid`,
    );
    return conversation.id;
  }

  async function say(conversationId: string, userId: string, text: string, tenant = tenantId) {
    key += 1;
    const input = { clientMessageId: `search-${key}`, text };
    return (await domain.get(MessageService).send(userActor(tenant, userId), conversationId, input)).message;
  }

  const waiting = (tenant = tenantId): Promise<string[]> =>
    db.tx(tenant, async ({ prisma }) =>
      (await prisma.outbox.findMany({ select: { id: true } })).map(({ id }) => id),
    );

  /** Does the jobs that wait in the outbox. */
  async function index(tenant = tenantId): Promise<void> {
    await new SearchIndex(db).index(tenant, await waiting(tenant));
    expect(await waiting(tenant)).toEqual([]);
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
    const event = { id: randomUUID(), event: 'message.created', conversationId: foreign, seq: message.seq };
    await db.tx(tenantId, (tx) => new OutboxAppend().append(tx, [event], [searchIndexJob.name]));
    await index();
    // Nor with what the other tenant's job has taken.
    const taken = [await waiting(other), searchIndexJob.name, [foreign], [message.seq], [1], ['yours']];
    await db.hot.call(searchPut, tenantId, ...taken, 8, 0, 0);
    expect(await texts('eve', { q: 'yours' }, other)).toEqual([]);
    await index(other);
    expect(await texts('eve', { q: 'yours' }, other)).toEqual(['not yours']);
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

  it('finds scripts that put no spaces between words, by any part', async () => {
    const id = await group(['ada']);
    for (const text of [
      '新手机号码',
      '手工',
      'デジタルカメラを買う',
      '안녕하세요 여러분',
      'สวัสดีครับ',
      '𠮷野家で',
    ]) {
      await say(id, 'ada', text);
    }
    await index();
    expect(await texts('ada', { q: '手机' })).toEqual(['新手机号码']);
    expect(await texts('ada', { q: '手' })).toEqual(['手工', '新手机号码'].sort());
    expect(await texts('ada', { q: '手码' })).toEqual([]);
    expect(await texts('ada', { q: 'カメラ' })).toEqual(['デジタルカメラを買う']);
    expect(await texts('ada', { q: '녕하' })).toEqual(['안녕하세요 여러분']);
    expect(await texts('ada', { q: 'ดี' })).toEqual(['สวัสดีครับ']);
    expect(await texts('ada', { q: '𠮷' })).toEqual(['𠮷野家で']);
  });

  it('says where in the text it found what', async () => {
    const id = await group(['ada']);
    await say(id, 'ada', 'Fox and firefox');
    await index();
    const { data } = await search.search(userActor(tenantId, 'ada'), { q: 'fox' });
    expect(data).toMatchObject([
      {
        message: { text: 'Fox and firefox', reactions: [] },
        highlights: [
          { start: 0, end: 3 },
          { start: 12, end: 15 },
        ],
      },
    ]);
  });

  it('narrows by sender, conversation, time and what a message has', async () => {
    const [one, two, three] = [
      await group(['ada', 'grace']),
      await group(['ada', 'grace']),
      await group(['ada']),
    ];
    const root = await say(one, 'ada', 'word plain');
    await say(one, 'grace', 'word of grace');
    await say(two, 'ada', 'word with https://parley.example');
    await say(three, 'ada', 'word in three');
    const reply = {
      clientMessageId: 'search-reply',
      text: 'word in reply',
      replyTo: { id: root.id, seq: root.seq },
    };
    const replied = await domain.get(MessageService).send(userActor(tenantId, 'ada'), one, reply);
    // `before` leaves out what is of the same millisecond.
    await waitFor(() => Date.now() > Date.parse(replied.message.at));
    const pinned = await say(two, 'ada', 'word pinned');
    await domain.get(PinService).add(userActor(tenantId, 'ada'), two, pinned.id);
    await domain.get(ReactionService).add(userActor(tenantId, 'grace'), one, root.id, '👍');
    await index();
    const find = (query: Partial<MessageSearchQueryDto>, userId = 'ada') =>
      texts(userId, { q: 'word', ...query });
    expect(await find({ from: 'grace' })).toEqual(['word of grace']);
    expect(await find({ from: 'nobody' })).toEqual([]);
    expect(await find({ conversationId: [two] })).toEqual([
      'word pinned',
      'word with https://parley.example',
    ]);
    expect(await find({ conversationId: [two, three] })).toHaveLength(3);
    expect(await find({ has: ['link'] })).toEqual(['word with https://parley.example']);
    expect(await find({ has: ['reply'] })).toEqual(['word in reply']);
    expect(await find({ has: ['pin'] })).toEqual(['word pinned']);
    expect(await find({ has: ['reaction'] })).toEqual(['word plain']);
    expect(await find({ has: ['reaction', 'pin'] })).toEqual([]);
    expect(await find({ before: pinned.at, after: root.at })).toHaveLength(5);
    expect(await find({ after: pinned.at })).toEqual(['word pinned']);
    expect(await find({ before: root.at })).toEqual([]);
    // S17: no filter opens what the caller is not in.
    for (const filter of [{}, { from: 'ada' }, { conversationId: [three] }, { after: root.at }]) {
      expect(await find(filter, 'grace')).not.toContain('word in three');
    }
    expect(await find({ conversationId: [three] }, 'grace')).toEqual([]);
    expect(await find({ conversationId: [one, three], from: 'ada' }, 'alan')).toEqual([]);
    await expect(find({ before: '2026-01-01' })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(find({ q: 'word '.repeat(17) })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('is ordered by the time that is shown, which an import sets, even one to come', async () => {
    const id = await group(['ada']);
    const times = [
      '2019-03-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      '2999-01-01T00:00:00Z',
      '2026-11-01T00:00:00Z',
    ];
    for (const at of times) {
      const { seq } = await say(id, 'ada', `at ${at}`);
      await db.tx(
        tenantId,
        ({ sql }) =>
          sql`UPDATE message SET at = ${at}::timestamptz WHERE conversation_id = ${id}::uuid AND seq = ${seq}`,
      );
    }
    await index();
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await search.search(userActor(tenantId, 'ada'), { q: 'at', limit: 1, cursor });
      found.push(...page.data.map(({ message }) => message.text));
      cursor = page.page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(
      [...times]
        .sort()
        .reverse()
        .map((at) => `at ${at}`),
    );
  });

  it('goes on where it ended for lack of time, and loses nothing', async () => {
    const id = await group(['ada']);
    for (let days = 0; days < 5; days += 1) {
      const { seq } = await say(id, 'ada', `rare ${days}`);
      await db.tx(
        tenantId,
        ({ sql }) =>
          sql`UPDATE message SET at = at - ${`${10 ** days} hours`}::interval WHERE conversation_id = ${id}::uuid AND seq = ${seq}`,
      );
    }
    await index();
    const hurried = new SearchService(db, domain.get(Timeline), domain.get(ReactionReader));
    hurried.budgetMs = 0;
    const found: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await hurried.search(userActor(tenantId, 'ada'), { q: 'rare', cursor });
      found.push(...page.data.map(({ message }) => message.text));
      cursor = page.page.next ?? undefined;
      pages += 1;
    } while (cursor !== undefined);
    expect(found).toEqual([0, 1, 2, 3, 4].map((days) => `rare ${days}`));
    expect(pages > 1).toBe(earlierSeqs > 0);
  });

  describe('what an older version wrote', () => {
    async function write(id: string, seq: number, tenant = tenantId): Promise<void> {
      await db.tx(
        tenant,
        ({ sql }) =>
          sql`SELECT message_search_write_v2(${tenant}::uuid, ${JSON.stringify([{ c: id, s: seq }])}::json)::text`,
      );
    }

    it('is found by whole words, and by parts when it was written again', async () => {
      const id = await group(['ada', 'grace']);
      const older = [await say(id, 'ada', 'Olden times'), await say(id, 'ada', 'olden days')];
      await say(id, 'ada', 'golden times');
      await index();
      for (const { seq } of older) await write(id, seq);
      expect(await texts('grace', { q: 'olden' })).toEqual(['Olden times', 'golden times', 'olden days']);
      expect(await texts('grace', { q: 'lden times' })).toEqual(['golden times']);
      expect(await texts('alan', { q: 'olden' })).toEqual([]);
      expect(await new SearchIndex(db).reindex(tenantId)).toBe(2);
      expect(await new SearchIndex(db).reindex(tenantId)).toBe(0);
      expect(await texts('grace', { q: 'lden times' })).toEqual(['Olden times', 'golden times']);
    });

    it('S13: is written again by its own tenant alone', async () => {
      const other = await domain.tenant('eve');
      const foreign = await group(['eve'], other);
      await write(foreign, (await say(foreign, 'eve', 'foreign words', other)).seq, other);
      expect(await new SearchIndex(db).reindex(tenantId)).toBe(0);
      expect(await texts('ada', { q: 'foreign' })).toEqual([]);
      expect(await new SearchIndex(db).reindex(other)).toBe(1);
    });
  });

  it('S13: the wall holds without the tags', async () => {
    const other = await domain.tenant('ada');
    const foreign = await group(['ada'], other);
    await group(['ada']);
    await say(foreign, 'ada', 'beyond the wall', other);
    await index(other);
    const text = `SELECT * FROM search_messages_v2($1, 'ada', $2, $2, ARRAY[$2]::tsquery[], ARRAY[NULL]::timestamptz[], '{}', NULL, NULL, 10, 1000)`;
    const call = (tenant: string) => db.hot.call({ name: 'wall', text }, tenant, "'wall'");
    expect(await call(tenantId)).toEqual([]);
    expect(await call(other)).toHaveLength(1);
  });

  it('is for users: a server key must act for one', async () => {
    await expect(search.search(serverActor(tenantId), { q: 'word' })).rejects.toMatchObject({
      code: 'actor.required',
    });
  });
});
