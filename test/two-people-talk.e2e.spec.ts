import { randomUUID } from 'node:crypto';
import { ParleyClient } from '@parley/client';
import type { ConversationView, MessagePage, SendResult } from '@parley/contracts/wire';
import { startSystem, waitFor, type System } from '@parley/testing';
import { dense, Recorder } from './recorder';

describe('people talk over two gateways, api and worker', () => {
  let system: System;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    system = await startSystem();
  }, 60_000);

  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  afterAll(() => system.stop(), 30_000);

  async function record(gateway: number, userId: string): Promise<Recorder> {
    const recorder = await Recorder.connect(system.gatewayUrls[gateway] ?? '', await system.token(userId));
    open.push(recorder);
    return recorder;
  }

  async function converse(
    owner: string,
    others: string[],
    extra: Record<string, unknown> = {},
  ): Promise<{ id: string; ownerToken: string }> {
    const ownerToken = await system.token(owner);
    for (const other of others) await system.token(other);
    const body = { kind: 'group', participants: others.map((userId) => ({ userId })), ...extra };
    const { id } = await system.rest<ConversationView>('POST', '/v1/conversations', body, ownerToken);
    return { id, ownerToken };
  }

  async function history(conversationId: string, token: string): Promise<number[]> {
    const seqs: number[] = [];
    for (let after = 0; ;) {
      const path = `/v1/conversations/${conversationId}/messages?after=${after}&limit=200`;
      const page = await system.rest<MessagePage>('GET', path, undefined, token);
      seqs.push(...page.data.map(({ seq }) => seq));
      if (page.page.after === null) return seqs;
      after = page.page.after;
    }
  }

  it('I4 I6 I7: 1,000 messages over REST and sockets reach everybody once, in order, as far as each may see', async () => {
    const { id, ownerToken } = await converse('ada', ['grace', 'linus'], { history: 'joined' });
    await system.token('joan');
    const [phone, laptop, grace, linus, joan] = await Promise.all([
      record(0, 'ada'),
      record(1, 'ada'),
      record(1, 'grace'),
      record(0, 'linus'),
      record(1, 'joan'),
    ]);
    const sdk = new ParleyClient({
      url: system.gatewayUrls[1] ?? '',
      token: await system.token('grace'),
      from: 'first',
    });
    const applied: number[] = [];
    sdk.on('event', (event) => event.conversationId === id && applied.push(event.seq));
    sdk.connect();
    open.push(sdk);

    const send = async (index: number): Promise<number> => {
      const text = `message ${index}`;
      if (index % 3 === 0) {
        const body = { text, clientMessageId: `rest.${index}.abc` };
        return (await system.rest<SendResult>('POST', `/v1/conversations/${id}/messages`, body, ownerToken))
          .message.seq;
      }
      const device = index % 3 === 1 ? phone : laptop;
      const ack = await device.request('message.send', {
        conversationId: id,
        clientMessageId: `socket.${index}.abc`,
        text,
      });
      if (!ack.ok) throw new Error(ack.error.code);
      return ack.data.message.seq;
    };
    const sendAll = (from: number, to: number): Promise<number[]> => Promise.all(dense(from, to).map(send));

    const first = await sendAll(1, 400);
    const [joining] = await Promise.all([
      phone.request('participant.add', { conversationId: id, participants: [{ userId: 'joan' }] }),
      sendAll(401, 600),
    ]);
    if (!joining.ok) throw new Error(joining.error.code);
    const joinSeq = joining.data.participants[0]?.visibleFrom ?? 0;
    await Promise.all([
      phone.request('participant.remove', { conversationId: id, userId: 'linus' }),
      sendAll(601, 800),
    ]);
    await sendAll(801, 1000);

    // 1 creation, 1,000 messages, 1 join, 1 removal.
    const last = 1003;
    const members = [phone, laptop, grace];
    await waitFor(
      () => [...members, joan].every((each) => each.seqs(id).includes(last)) && applied.includes(last),
      {
        timeoutMs: 20_000,
        message: 'the last event to reach everybody',
      },
    );
    for (const each of members) expect(each.seqs(id)).toEqual(dense(2, last));
    expect(applied).toEqual(dense(1, last));
    expect(joinSeq).toBeGreaterThan(Math.min(...first));
    expect(
      joan
        .of(id)
        .filter((event) => event.type !== 'void')
        .map(({ seq }) => seq),
    ).toEqual(dense(joinSeq, last));

    const removal = phone.of(id).find((event) => event.type === 'participant.left')?.seq ?? 0;
    expect(linus.seqs(id)).toEqual(dense(2, removal));

    // REST shows the same history to each of them, and syncing from nothing gives exactly what may be seen.
    const messages = grace
      .of(id)
      .filter(({ type }) => type === 'message.created')
      .map(({ seq }) => seq);
    expect(await history(id, await system.token('grace'))).toEqual(messages);
    expect(await history(id, await system.token('joan'))).toEqual(messages.filter((seq) => seq >= joinSeq));
    expect(await history(id, await system.token('linus'))).toEqual(messages.filter((seq) => seq <= removal));
    expect(await syncAll(joan, id)).toEqual(dense(joinSeq, last));
    expect(await syncAll(linus, id)).toEqual(dense(2, removal));
  }, 90_000);

  /** What `sync` gives from seq 1 on, page by page. */
  async function syncAll(recorder: Recorder, conversationId: string): Promise<number[]> {
    const heads = await recorder.request('heads', {});
    if (!heads.ok) throw new Error(heads.error.code);
    const seqs: number[] = [];
    for (let cursor = 1; ;) {
      const ack = await recorder.request('sync', {
        epoch: heads.data.epoch,
        cursors: [[conversationId, cursor]],
      });
      if (!ack.ok) throw new Error(ack.error.code);
      const answer = ack.data.conversations[0];
      seqs.push(...(answer?.events ?? []).map(({ seq }) => seq));
      cursor = seqs.at(-1) ?? cursor;
      if (!answer?.more) return seqs;
    }
  }

  it('I3: 200 concurrent retries over REST and both gateways make one message and no hole', async () => {
    const { id, ownerToken } = await converse('ada', ['grace']);
    const sockets = await Promise.all([record(0, 'ada'), record(1, 'ada')]);
    const grace = await record(1, 'grace');
    const clientMessageId = `retry.${randomUUID()}`.slice(0, 40);
    const results = await Promise.all(
      dense(1, 200).map(async (index): Promise<SendResult> => {
        if (index % 3 === 0) {
          const body = { text: 'once', clientMessageId };
          return system.rest<SendResult>('POST', `/v1/conversations/${id}/messages`, body, ownerToken);
        }
        const ack = await sockets[index % 2]?.request('message.send', {
          conversationId: id,
          clientMessageId,
          text: 'once',
        });
        if (!ack?.ok) throw new Error(ack?.error.code);
        return ack.data;
      }),
    );
    expect(new Set(results.map(({ message }) => `${message.id} ${message.seq}`)).size).toBe(1);
    expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);

    const conflict = await sockets[0]?.request('message.send', {
      conversationId: id,
      clientMessageId,
      text: 'another',
    });
    expect(conflict).toMatchObject({ ok: false, error: { code: 'message.key_conflict' } });

    const next = await sockets[0]?.request('message.send', {
      conversationId: id,
      clientMessageId: 'next.message',
      text: 'x',
    });
    expect(next).toMatchObject({ ok: true, data: { message: { seq: 3 } } });
    await waitFor(() => grace.seqs(id).includes(3), { message: 'the next message' });
    expect(grace.seqs(id)).toEqual([2, 3]);
  });

  it('I13: a removed member is told, gets nothing more, and its retry returns its message', async () => {
    const { id } = await converse('ada', ['grace', 'linus']);
    const [ada, grace, linus] = await Promise.all([record(0, 'ada'), record(1, 'grace'), record(1, 'linus')]);
    const mine = { conversationId: id, clientMessageId: 'grace.was.here', text: 'still mine' };
    const sent = await grace.request('message.send', mine);
    await ada.request('participant.remove', { conversationId: id, userId: 'grace' });
    await ada.request('message.send', {
      conversationId: id,
      clientMessageId: 'after.removal',
      text: 'secret',
    });
    await waitFor(() => linus.seqs(id).includes(4), { message: 'the others to get it' });
    await waitFor(() => grace.of(id).at(-1)?.type === 'participant.left', {
      message: 'the removed to be told',
    });
    expect(grace.seqs(id)).toEqual([2, 3]);

    const retry = await grace.request('message.send', mine);
    expect(retry).toMatchObject({ ok: true, data: { duplicate: true } });
    expect(retry.ok && sent.ok && retry.data.message.id).toBe(sent.ok && sent.data.message.id);
    const more = await grace.request('message.send', { ...mine, clientMessageId: 'grace.is.back' });
    expect(more).toMatchObject({ ok: false, error: { code: 'conversation.not_found' } });
  });

  it('F14: 500 senders into one conversation make one dense order that all see alike', async () => {
    const users = dense(1, 500).map((index) => `crowd-${index}`);
    const { id } = await converse('ada', users.slice(0, 100));
    const tokens = new Map<string, string>();
    for (const user of users.slice(100)) tokens.set(user, await system.token(user));
    for (let from = 100; from < 500; from += 100) {
      const participants = users.slice(from, from + 100).map((userId) => ({ userId }));
      await system.rest('POST', `/v1/conversations/${id}/participants`, { participants });
    }
    const witnesses = await Promise.all([record(0, 'ada'), record(1, 'ada')]);
    const sockets = await Promise.all(users.slice(0, 100).map((user, index) => record(index % 2, user)));
    const key = (user: string): string => `hello.from.${user}`;
    const acks = await Promise.all(
      users.map(async (user, index): Promise<number> => {
        const socket = sockets[index];
        if (socket === undefined) {
          const body = { text: 'hello', clientMessageId: key(user) };
          const token = tokens.get(user) ?? '';
          return (await system.rest<SendResult>('POST', `/v1/conversations/${id}/messages`, body, token))
            .message.seq;
        }
        const ack = await socket.request('message.send', {
          conversationId: id,
          clientMessageId: key(user),
          text: 'hello',
        });
        if (!ack.ok) throw new Error(ack.error.code);
        return ack.data.message.seq;
      }),
    );
    // The creation and four additions came first.
    expect([...acks].sort((a, b) => a - b)).toEqual(dense(6, 505));
    await waitFor(() => witnesses.every((each) => each.seqs(id).includes(505)), {
      message: 'the last message',
    });
    for (const witness of witnesses) expect(witness.seqs(id)).toEqual(dense(6, 505));
    expect(witnesses[0]?.of(id)).toEqual(witnesses[1]?.of(id));
  }, 60_000);
});
