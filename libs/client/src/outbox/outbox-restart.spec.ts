import fc from 'fast-check';
import type { MessageSendInput } from '@parley/contracts/wire';
import { FakeServer } from '../../test/fake-server';
import { ProcessLife } from '../../test/process-life';
import { RecordingClient, until, watch } from '../../test/recording-client';
import { MemoryOutboxStorage, type Cursors, type MessageSettled, type OutboxRecord } from '../index';
import { ParleyError } from '../parley-error';

const busy = new ParleyError({ code: 'conversation.busy', message: 'busy', retryable: true });
const refusal = new ParleyError({ code: 'conversation.closed', message: 'closed', retryable: false });
const unlimited = { burst: 10_000, perSecond: 10_000 };
const conversations = ['c1', 'c2'] as const;

/** A disk that remembers what was ever on it. */
class Disk extends MemoryOutboxStorage {
  readonly everKept = new Set<string>();

  override async put(record: OutboxRecord): Promise<void> {
    this.everKept.add(record.input.clientMessageId);
    return super.put(record);
  }
}

/** One app on one device, over all its processes. */
class Device {
  readonly server = new FakeServer();
  readonly disk = new Disk();
  readonly sent: { key: string; conversationId: string }[] = [];
  readonly cancels: { key: string; outcome: { value?: boolean } }[] = [];
  /** What each process told, in the order of the processes. */
  readonly told: MessageSettled[][] = [];
  readonly seqs: Record<string, number[]> = { c1: [], c2: [] };
  private cursors: Cursors | undefined;
  private life: ProcessLife;
  recording: RecordingClient;

  constructor(private readonly random: () => number) {
    for (const id of conversations) this.server.open(id);
    [this.life, this.recording] = this.start();
  }

  restart(): void {
    this.cursors = this.recording.client.cursors() ?? this.cursors;
    this.life.kill();
    this.recording.client.close();
    [this.life, this.recording] = this.start();
  }

  send(conversationId: string): void {
    const key = `message.${this.sent.length}`;
    this.sent.push({ key, conversationId });
    watch(this.recording.client.send(conversationId, { text: key, clientMessageId: key }));
  }

  cancelLast(): void {
    const last = this.sent.at(-1);
    if (!last) return;
    const { key, conversationId } = last;
    this.cancels.push({ key, outcome: watch(this.recording.client.cancel(conversationId, key)) });
  }

  /** The server and the line do as they like; a message that is stored is never refused. */
  disturb(): void {
    this.server.fateOfRequest = (name, input) => {
      const luck = this.random();
      if (name !== 'message.send') return luck < 0.2 ? 'unanswered' : 'answer';
      const { conversationId, clientMessageId } = input as MessageSendInput;
      if (luck < 0.1) return 'unanswered';
      if (luck < 0.2) return 'unheard';
      if (luck < 0.3) return busy;
      return luck < 0.7 && !this.server.keysOf(conversationId).includes(clientMessageId) ? refusal : 'answer';
    };
  }

  async settle(): Promise<void> {
    this.server.fateOfRequest = () => 'answer';
    const pending = watch(this.recording.client.pendingMessages());
    await until(() => pending.value !== undefined);
    await until(() => this.recording.client.pending === 0 && this.recording.client.state === 'live');
    await jest.advanceTimersByTimeAsync(2_000);
  }

  private start(): [ProcessLife, RecordingClient] {
    const life = new ProcessLife(this.server, this.disk, () => Math.floor(this.random() ** 3 * 40));
    const recording = new RecordingClient(life, {
      outbox: life,
      pace: unlimited,
      random: this.random,
      from: 'first',
      ...(this.cursors ? { cursors: this.cursors } : {}),
    });
    const told: MessageSettled[] = [];
    this.told.push(told);
    recording.client.on('message.settled', (settled) => told.push(settled));
    recording.client.on('event', ({ conversationId, seq }) => this.seqs[conversationId]?.push(seq));
    recording.client.connect();
    return [life, recording];
  }
}

function check(device: Device): void {
  const stored = conversations.flatMap((id) => device.server.keysOf(id));
  const told = device.told.flat();
  expect(new Set(stored).size).toBe(stored.length);
  for (const id of conversations) {
    const keys = device.server.keysOf(id);
    const inOrder = device.sent.map(({ key }) => key).filter((key) => keys.includes(key));
    expect(keys).toEqual(inOrder);
    expect(device.seqs[id]).toEqual(keys.map((_, index) => index + 1));
  }
  for (const { key } of device.sent) {
    const outcomes = told.filter(({ input }) => input.clientMessageId === key);
    const cancels = device.cancels.filter((each) => each.key === key).map(({ outcome }) => outcome.value);
    // Without an answer, because the process died, it may be either.
    const gone = cancels.some((value) => value !== false);
    const refused = outcomes.some((outcome) => !outcome.ok);
    // Kept before it is sent; and what was kept is told in the end, unless it was taken back.
    if (stored.includes(key)) expect(device.disk.everKept.has(key)).toBe(true);
    if (device.disk.everKept.has(key) && !gone) expect(outcomes.length).toBeGreaterThan(0);
    if (cancels.includes(true)) expect(stored).not.toContain(key);
    if (refused) expect(stored).not.toContain(key);
    if (outcomes.some(({ ok }) => ok)) expect(stored).toContain(key);
  }
  for (const life of device.told) {
    const keys = life.map(({ input }) => input.clientMessageId);
    expect(new Set(keys).size).toBe(keys.length);
  }
}

describe('sending over restarts of the process', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('loses nothing, repeats nothing and keeps the order, whenever the process dies (I1, I3, I5, I6, I7)', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...conversations) },
      { weight: 3, arbitrary: fc.constant('restart' as const) },
      { weight: 2, arbitrary: fc.constant('cut' as const) },
      { weight: 3, arbitrary: fc.constant('cancel' as const) },
      { weight: 2, arbitrary: fc.constant('disturb' as const) },
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: 60, max: 12_000 }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60, size: 'max' }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
        async (steps, numbers) => {
          const device = new Device(() => Number(numbers.next().value));
          for (const each of steps) {
            if (typeof each === 'number') await jest.advanceTimersByTimeAsync(each);
            else if (each === 'restart') device.restart();
            else if (each === 'cut') device.server.cut();
            else if (each === 'cancel') device.cancelLast();
            else if (each === 'disturb') device.disturb();
            else device.send(each);
          }
          await device.settle();
          check(device);
          expect(await device.disk.load()).toEqual([]);
          device.recording.client.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});
