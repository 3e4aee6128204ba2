import type { Redis } from 'ioredis';
import { decodeLetter, encodeTyping } from './bus-message';
import { BusSender } from './bus-sender';

const message = encodeTyping({} as Parameters<typeof encodeTyping>[0]);

/** A channel with so many listeners. */
function channelOf(listeners: number) {
  const letters: number[] = [];
  const redis = {
    status: 'ready',
    publish: (_channel: string, letter: Buffer | string): Promise<number> => {
      letters.push([...decodeLetter(Buffer.from(letter), 'nobody')].length);
      return Promise.resolve(listeners);
    },
  };
  const sender = new BusSender(redis as unknown as Redis, 'bus', 'me', () => undefined);
  sender.listens = true;
  return { sender, letters };
}

describe('BusSender', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('sends what came in one turn at its end', async () => {
    const { sender, letters } = channelOf(2);
    for (let turn = 0; turn < 3; turn += 1) {
      sender.send(message);
      sender.send(message);
      await jest.advanceTimersByTimeAsync(1);
    }
    expect(letters).toEqual([2, 2, 2]);
  });

  it('sends few letters while nobody else listens, and all that came', async () => {
    const { sender, letters } = channelOf(1);
    for (let number = 0; number < 300; number += 1) {
      sender.send(message);
      await jest.advanceTimersByTimeAsync(1);
    }
    await jest.advanceTimersByTimeAsync(100);
    expect(letters.length).toBeLessThanOrEqual(8);
    expect(letters.reduce((sum, count) => sum + count, 0)).toBe(300);
  });
});
