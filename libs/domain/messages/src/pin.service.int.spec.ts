import { AppError, limits, type ConversationKind, type ErrorCode } from '@parley/contracts/wire';
import { ConversationService } from '@parley/domain/conversations';
import { ParticipantService } from '@parley/domain/participants';
import { Domain, serverActor, userActor } from '@parley/testing';
import { MessageChangeService, MessageService, PinService } from '.';

describe('PinService', () => {
  let domain: Domain;
  let pins: PinService;
  let tenantId: string;
  let keys = 0;

  const as = (userId: string) => userActor(tenantId, userId);

  beforeAll(async () => {
    domain = await Domain.start();
    pins = domain.get(PinService);
    tenantId = await domain.tenant('ada', 'grace', 'linus', 'stranger');
  });
  afterAll(() => domain.stop());

  async function conversation(kind: ConversationKind = 'group', history: 'full' | 'joined' = 'full') {
    const participants = [{ userId: 'grace' }];
    const made = await domain.get(ConversationService).create(as('ada'), { kind, history, participants });
    return made.conversation.id;
  }

  async function say(id: string, text = 'hello') {
    keys += 1;
    const input = { clientMessageId: `pinned-${keys}`, text };
    return (await domain.get(MessageService).send(as('ada'), id, input)).message;
  }

  async function listed(id: string, userId = 'ada'): Promise<string[]> {
    return (await pins.list(as(userId), id, {})).data.map(({ message }) => message.text);
  }

  async function code(attempt: Promise<unknown>): Promise<ErrorCode | 'none'> {
    return attempt.then(
      () => 'none' as const,
      (error: unknown) => {
        if (error instanceof AppError) return error.code;
        throw error;
      },
    );
  }

  it('pins and unpins by changes of their own, and takes no seq for what is so already', async () => {
    const id = await conversation();
    const message = await say(id); // 2
    const { pin } = await pins.add(as('grace'), id, message.id); // 3
    expect(await pins.add(as('ada'), id, message.id)).toEqual({ pin });
    expect(pin).toMatchObject({ messageId: message.id, messageSeq: 2, pinnedBy: 'grace', message });
    expect((await pins.list(as('ada'), id, {})).data).toEqual([pin]);
    expect(await pins.remove(as('ada'), id, message.id)).toEqual({ removed: true }); // 4
    expect(await pins.remove(as('ada'), id, message.id)).toEqual({ removed: false });
    const data = { messageId: message.id, messageSeq: 2 };
    expect(domain.published.of(id).slice(2)).toMatchObject([
      { seq: 3, type: 'pin.added', actor: 'grace', at: pin.pinnedAt, data },
      { seq: 4, type: 'pin.removed', actor: 'ada', data },
    ]);
    expect(domain.published.of(id)).toHaveLength(4);
    expect(domain.published.events.at(-1)).toMatchObject({ seq: 4, targetSeq: 2 });
  });

  it('lists the newest pin first, page by page, as the messages are now', async () => {
    const id = await conversation();
    const messages = [await say(id, 'a'), await say(id, 'b'), await say(id, 'c')];
    for (const { id: messageId } of messages) await pins.add(as('ada'), id, messageId);
    await domain.get(MessageChangeService).edit(as('ada'), id, messages[1]?.id ?? '', { text: 'b two' });
    const first = await pins.list(as('ada'), id, { limit: 2 });
    const second = await pins.list(as('ada'), id, { limit: 2, cursor: first.page.next ?? '' });
    expect([...first.data, ...second.data].map(({ message }) => message.text)).toEqual(['c', 'b two', 'a']);
    expect(second.page.next).toBeNull();
    await domain.get(MessageChangeService).delete(as('ada'), id, messages[2]?.id ?? '');
    expect(await listed(id)).toEqual(['b two', 'a']);
  });

  it('shows to each what it may see, up to its leaving', async () => {
    const id = await conversation('group', 'joined');
    await pins.add(as('ada'), id, (await say(id, 'before')).id);
    await domain.get(ParticipantService).add(as('ada'), id, [{ userId: 'linus' }]);
    await pins.add(as('ada'), id, (await say(id, 'during')).id);
    await domain.get(ParticipantService).remove(as('ada'), id, 'linus');
    await pins.add(as('ada'), id, (await say(id, 'after')).id);
    expect(await listed(id, 'linus')).toEqual(['during']);
    expect(await listed(id)).toEqual(['after', 'during', 'before']);
    expect(await code(listed(id, 'stranger'))).toBe('conversation.not_found');
  });

  it('is for admins in a channel, and for a back end', async () => {
    const id = await conversation('channel');
    const { id: messageId } = await say(id);
    expect(await code(pins.add(as('grace'), id, messageId))).toBe('permission.denied');
    await pins.add(as('ada'), id, messageId);
    expect(await code(pins.remove(as('grace'), id, messageId))).toBe('permission.denied');
    await pins.remove(serverActor(tenantId), id, messageId);
    expect(await pins.add(serverActor(tenantId), id, messageId)).toMatchObject({ pin: { pinnedBy: null } });
  });

  it('is bounded in each conversation, and refuses what is deleted', async () => {
    const id = await conversation();
    const messages = [];
    for (let index = 0; index <= limits.pinsPerConversation; index += 1) messages.push(await say(id));
    const last = messages.pop();
    for (const message of messages) await pins.add(as('ada'), id, message.id);
    expect(await code(pins.add(as('ada'), id, last?.id ?? ''))).toBe('pin.limit_reached');
    await domain.get(MessageChangeService).delete(as('ada'), id, messages[0]?.id ?? '');
    expect(await code(pins.add(as('ada'), id, messages[0]?.id ?? ''))).toBe('message.deleted');
    await pins.add(as('ada'), id, last?.id ?? '');
  });
});
