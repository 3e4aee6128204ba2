import type { ConversationView, MessagePage, Page, UserView } from '@parley/contracts/wire';
import { RunningApi, type TestTenant } from './running-api';

describe('bad input', () => {
  let api: RunningApi;
  let tenant: TestTenant;
  let token: string;
  let conversation: string;

  beforeAll(async () => {
    api = await RunningApi.start();
    tenant = await api.tenant();
    token = await api.token(tenant, 'ada');
    await api.token(tenant, 'grace');
    const { body } = await api.call<ConversationView>('POST', '/v1/conversations', {
      token,
      body: { kind: 'group', title: 'kept', participants: [{ userId: 'grace' }] },
    });
    conversation = `/v1/conversations/${body.id}`;
  });

  afterAll(() => api.stop());

  /** Everything that a refused request could have written. */
  async function written(): Promise<unknown> {
    const [conversations, messages, participants, users, keys] = await Promise.all([
      api.call<Page<ConversationView>>('GET', '/v1/conversations', { token }),
      api.call<MessagePage>('GET', `${conversation}/messages`, { token }),
      api.call('GET', `${conversation}/participants`, { token }),
      api.call<Page<UserView>>('GET', '/v1/users', { token: tenant.serverKey }),
      api.call('GET', '/v1/admin/keys', { token: tenant.serverKey }),
    ]);
    return [conversations, messages, participants, users, keys].map(({ body }) => body);
  }

  const someId = '01999999-9999-7999-8999-999999999999';
  const emojis = encodeURIComponent('👍👍');
  const operator = { not: '' };
  const long = (bytes: number): string => 'x'.repeat(bytes + 1);
  const deep = { a: { b: { c: { d: { e: 1 } } } } };

  // [what, method, path below the conversation or from the root, body, field that the answer names]
  const table: [string, string, string, unknown, string][] = [
    ['a message without text', 'POST', '/messages', {}, 'text'],
    ['a text that is a number', 'POST', '/messages', { text: 5 }, 'text'],
    ['a text that is an object of operators', 'POST', '/messages', { text: operator }, 'text'],
    ['a text that is a list', 'POST', '/messages', { text: ['a'] }, 'text'],
    ['an empty text', 'POST', '/messages', { text: ' \n ' }, 'text'],
    ['a text that is too long', 'POST', '/messages', { text: long(16 * 1024) }, 'text'],
    ['a text with a null byte', 'POST', '/messages', { text: 'a\u0000b' }, 'text'],
    ['a text with a lone surrogate', 'POST', '/messages', { text: 'a\ud800b' }, 'text'],
    ['an unknown field', 'POST', '/messages', { text: 'a', colour: 'blue' }, 'colour'],
    ['a sender of the caller’s choice', 'POST', '/messages', { text: 'a', sender: 'grace' }, 'sender'],
    ['a seq of the caller’s choice', 'POST', '/messages', { text: 'a', seq: 7 }, 'seq'],
    ['a tenant of the caller’s choice', 'POST', '/messages', { text: 'a', tenantId: 'x' }, 'tenantId'],
    ['a time of the caller’s choice', 'POST', '/messages', { text: 'a', at: '2020-01-01T00:00:00Z' }, 'at'],
    ['a key of another form', 'POST', '/messages', { text: 'a', clientMessageId: 'a b' }, 'clientMessageId'],
    ['a reply to nothing', 'POST', '/messages', { text: 'a', replyTo: {} }, 'replyTo.id'],
    ['a reply to a list', 'POST', '/messages', { text: 'a', replyTo: [] }, 'replyTo'],
    ['a reply to null', 'POST', '/messages', { text: 'a', replyTo: null }, 'replyTo'],
    [
      'a nested unknown field',
      'POST',
      '/messages',
      { text: 'a', mentions: [{ userId: 'ada', x: 1 }] },
      'mentions.0.x',
    ],
    ['metadata that is too deep', 'POST', '/messages', { text: 'a', metadata: deep }, 'metadata'],
    ['metadata that is a list', 'POST', '/messages', { text: 'a', metadata: [] }, 'metadata'],
    [
      'metadata that is too large',
      'POST',
      '/messages',
      { text: 'a', metadata: { a: long(4096) } },
      'metadata',
    ],
    ['a body that is a list', 'POST', '/messages', [{ text: 'a' }], ''],
    ['two places of history', 'GET', '/messages?before=1&after=1', undefined, 'before'],
    ['a place that is no number', 'GET', '/messages?before=one', undefined, 'before'],
    ['a place beyond numbers', 'GET', '/messages?after=99999999999999999', undefined, 'after'],
    ['a limit of nothing', 'GET', '/messages?limit=0', undefined, 'limit'],
    ['a limit without measure', 'GET', '/messages?limit=1000000', undefined, 'limit'],
    ['a parameter given twice', 'GET', '/messages?limit=1&limit=2', undefined, 'limit'],
    ['an unknown parameter', 'GET', '/messages?order=desc', undefined, 'order'],
    ['a message id that is none', 'GET', '/messages/1%20OR%201=1', undefined, 'messageId'],
    ['an edit of nothing', 'PATCH', `/messages/${someId}`, {}, 'text'],
    ['an edit to an empty text', 'PATCH', `/messages/${someId}`, { text: '' }, 'text'],
    ['an edit to operators', 'PATCH', `/messages/${someId}`, { text: operator }, 'text'],
    ['an edit with a null byte', 'PATCH', `/messages/${someId}`, { text: 'a\u0000' }, 'text'],
    ['an edit with a lone surrogate', 'PATCH', `/messages/${someId}`, { text: '\ud800' }, 'text'],
    ['an edit that is too long', 'PATCH', `/messages/${someId}`, { text: long(16 * 1024) }, 'text'],
    ['an edit of the sender', 'PATCH', `/messages/${someId}`, { text: 'a', sender: 'grace' }, 'sender'],
    ['an edit of no version', 'PATCH', `/messages/${someId}`, { text: 'a', version: 0 }, 'version'],
    ['an edit of a version as text', 'PATCH', `/messages/${someId}`, { text: 'a', version: '1' }, 'version'],
    ['an edit to null', 'PATCH', `/messages/${someId}`, { metadata: null }, 'metadata'],
    ['a reaction of two emojis', 'PUT', `/messages/${someId}/reactions/${emojis}`, undefined, 'key'],
    ['a reaction of a null byte', 'PUT', `/messages/${someId}/reactions/%00`, undefined, 'key'],
    ['a reaction that is too long', 'PUT', `/messages/${someId}/reactions/${long(64)}`, undefined, 'key'],
    ['a reaction in capitals', 'DELETE', `/messages/${someId}/reactions/Yes`, undefined, 'key'],
    ['a list of reactions by no key', 'GET', `/messages/${someId}/reactions?key=%27`, undefined, 'key'],
    ['a list of pins without measure', 'GET', '/pins?limit=1000', undefined, 'limit'],
    ['a permalink that is none', 'GET', '/v1/messages/x', undefined, 'messageId'],
    [
      'a mode of reactions that is none',
      'POST',
      '/v1/conversations',
      { kind: 'group', settings: { reactionMode: 'x' } },
      'settings.reactionMode',
    ],
    ['a deletion of what has no id', 'DELETE', '/messages/x', undefined, 'messageId'],
    [
      'a window of no time',
      'PATCH',
      '/v1/admin/settings',
      { messages: { editWindowMinutes: 0 } },
      'messages',
    ],
    ['nobody to add', 'POST', '/participants', { participants: [] }, 'participants'],
    ['somebody without an id', 'POST', '/participants', { participants: [{}] }, 'participants.0.userId'],
    [
      'an id of operators',
      'POST',
      '/participants',
      { participants: [{ userId: operator }] },
      'participants.0.userId',
    ],
    [
      'an unknown role',
      'POST',
      '/participants',
      { participants: [{ userId: 'grace', role: 'king' }] },
      'participants.0.role',
    ],
    [
      'somebody twice',
      'POST',
      '/participants',
      { participants: [{ userId: 'x' }, { userId: 'x' }] },
      'participants',
    ],
    [
      'somebody who does not exist',
      'POST',
      '/participants',
      { participants: [{ userId: 'nobody' }] },
      'participants.0.userId',
    ],
    ['a null as role', 'PATCH', '/participants/grace', { role: null }, 'role'],
    ['a user id with control characters', 'DELETE', '/participants/a%00b', undefined, 'userId'],
    ['a conversation without a kind', 'POST', '/v1/conversations', {}, 'kind'],
    ['an unknown kind', 'POST', '/v1/conversations', { kind: 'party' }, 'kind'],
    ['a direct conversation of one', 'POST', '/v1/conversations', { kind: 'direct' }, 'participants'],
    [
      'half a subject',
      'POST',
      '/v1/conversations',
      { kind: 'group', subject: { type: 'order' } },
      'subject.id',
    ],
    ['a flag as text', 'POST', '/v1/conversations', { kind: 'group', distinct: 'true' }, 'distinct'],
    ['a conversation id that is none', 'GET', '/v1/conversations/x', undefined, 'conversationId'],
    ['an unknown filter value', 'GET', '/v1/conversations?kind=party', undefined, 'kind'],
    ['a cursor with foreign characters', 'GET', '/v1/conversations?cursor=%27', undefined, 'cursor'],
    ['a read marker that is text', 'POST', '/read', { seq: '7' }, 'seq'],
    ['a read marker before the beginning', 'POST', '/read', { seq: 0 }, 'seq'],
    ['a mark at no message', 'POST', '/unread', {}, 'seq'],
    ['a draft without text', 'PUT', '/draft', {}, 'text'],
    ['a draft that is longer than a message', 'PUT', '/draft', { text: long(16 * 1024) }, 'text'],
    ['a setting as text', 'PATCH', '/participants/me', { pinned: 'true' }, 'pinned'],
    ['a role among the own settings', 'PATCH', '/participants/me', { role: 'owner' }, 'role'],
    ['a mute without an end', 'PATCH', '/participants/me', { mutedUntil: 'ever' }, 'mutedUntil'],
    ['a filter that is no flag', 'GET', '/v1/conversations?unread=1', undefined, 'unread'],
    ['a longer list than there is', 'GET', '/v1/conversations?limit=101', undefined, 'limit'],
    ['an epoch that is an object', 'POST', '/v1/sync', { epoch: operator, cursors: [] }, 'epoch'],
    ['a cursor that is no pair', 'POST', '/v1/sync', { epoch: 'e', cursors: [['x', 1]] }, 'cursors'],
    ['a name that is a number', 'PATCH', '/v1/users/me', { name: 5 }, 'name'],
    ['a role for oneself', 'PATCH', '/v1/users/me', { role: 'admin' }, 'role'],
    ['a token for nobody', 'POST', '/v1/tokens', {}, 'userId'],
    ['a key without a kind', 'POST', '/v1/admin/keys', { name: 'x' }, 'kind'],
    ['an import of something else', 'POST', '/v1/imports', { rows: [] }, 'rows'],
  ];

  describe('is refused', () => {
    let before: unknown;

    beforeAll(async () => {
      before = await written();
    });

    it.each(table)('%s', async (_, method, path, body, field) => {
      const url = path.startsWith('/v1/') ? path : conversation + path;
      const { status, body: problem } = await api.call(method, url, {
        token,
        ...(body === undefined ? {} : { body }),
      });
      expect(problem).toMatchObject({ code: 'request.invalid', retryable: false, status: 400 });
      expect(status).toBe(400);
      expect(problem.issues?.map((issue) => issue.path)).toContainEqual(expect.stringMatching(`^${field}`));
    });

    it.each([
      ['no JSON', '{"text": "a"', 'request.malformed', 400],
      ['a bare word', '"text"', 'request.malformed', 400],
      ['what is not UTF-8', new Uint8Array([0xff, 0xfe, 0x00]), 'request.malformed', 400],
      ['too much', JSON.stringify({ text: long(300 * 1024) }), 'request.too_large', 413],
    ])('a body of %s', async (_, rawBody, code, status) => {
      const answer = await api.call('POST', `${conversation}/messages`, { token, rawBody });
      expect(answer.body).toMatchObject({ code, status });
    });

    it('a body of another type', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await api.call('POST', `${conversation}/messages`, {
        token,
        rawBody: 'text=a',
        headers,
      });
      expect([answer.status, answer.body.code]).toEqual([415, 'request.unsupported_media']);
    });

    it('keys that would reach into every object', async () => {
      const rawBody =
        '{"text":"a","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
      const answer = await api.call('POST', `${conversation}/messages`, { token, rawBody });
      expect(answer.body.issues?.map(({ path }) => path).sort()).toEqual(['__proto__', 'constructor']);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it('and nothing of all that was written', async () => {
      expect(await written()).toEqual(before);
    });
  });

  it('an import larger than other bodies is read, one beyond its own limit is not', async () => {
    const text = 'x'.repeat(10_000);
    const message = (index: number) => ({
      conversationKey: 'general',
      sender: 'ada',
      clientMessageId: `import-${index}`,
      text,
      at: '2020-01-01T00:00:00Z',
    });
    const page = {
      conversations: [{ key: 'general', kind: 'channel', participants: ['ada'] }],
      messages: Array.from({ length: 60 }, (_, index) => message(index)),
    };
    const good = await api.call<{ messages: { created: number } }>('POST', '/v1/imports', {
      token: tenant.serverKey,
      body: page,
    });
    expect(good.body).toMatchObject({ messages: { created: 60 } });
    const rawBody = JSON.stringify({ pad: 'x'.repeat(13 * 1024 * 1024) });
    const tooLarge = await api.call('POST', '/v1/imports', { token: tenant.serverKey, rawBody });
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'request.too_large']);
  });

  it('reads no body of somebody who is not authenticated', async () => {
    const answer = await api.call('POST', '/v1/imports', { rawBody: '{"broken' });
    expect([answer.status, answer.body.code]).toEqual([401, 'token.missing']);
  });
});
