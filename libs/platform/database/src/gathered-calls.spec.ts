import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@parley/contracts/wire';
import { GatheredCalls } from './gathered-calls';

/** A call that answers when told to. */
class Answering {
  readonly calls: {
    group: string;
    questions: readonly number[];
    answer: () => void;
    fail: (e: Error) => void;
  }[] = [];

  readonly call = (group: string, questions: readonly number[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const answer = (): void => resolve(questions.map((question) => `${group} ${question}`));
      this.calls.push({ group, questions, answer, fail: reject });
    });

  get asked(): readonly (readonly number[])[] {
    return this.calls.map(({ questions }) => questions);
  }
}

describe('GatheredCalls', () => {
  it('makes one call of what is asked in one turn, and gives each its own answer', async () => {
    const { calls, call } = new Answering();
    const gathered = new GatheredCalls({ most: 10, atOnce: 1, apartMs: 0 }, call);
    const answers = Promise.all([1, 2, 3].map((question) => gathered.ask('a', question)));
    await nextTurn();
    calls[0]?.answer();
    expect(await answers).toEqual(['a 1', 'a 2', 'a 3']);
    expect(calls).toHaveLength(1);
  });

  it('begins no call for a question that was asked before it, and no more at a time than it may', async () => {
    const answering = new Answering();
    const gathered = new GatheredCalls({ most: 2, atOnce: 2, apartMs: 0 }, answering.call);
    const answers = Promise.all([1, 2, 3, 4, 5].map((question) => gathered.ask('a', question)));
    await nextTurn();
    await nextTurn();
    expect(answering.asked).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const late = gathered.ask('a', 6);
    await nextTurn();
    expect(answering.asked).toHaveLength(2);
    answering.calls[1]?.answer();
    await nextTurn();
    await nextTurn();
    expect(answering.asked[2]).toEqual([5, 6]);
    answering.calls[0]?.answer();
    answering.calls[2]?.answer();
    expect(await answers).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
    expect(await late).toBe('a 6');
  });

  it('begins calls some time apart unless one is full, and the first after a pause at once', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const call = jest.fn(async (_group: string, questions: readonly number[]) => questions.map(String));
    const gathered = new GatheredCalls<number, string>({ most: 3, atOnce: 1, apartMs: 5 }, call);
    await gathered.ask('a', 1);
    const late = [gathered.ask('a', 2), gathered.ask('a', 3)];
    await nextTurn();
    expect(call).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(5);
    expect(await Promise.all(late)).toEqual(['2', '3']);
    expect(await Promise.all([4, 5, 6].map((question) => gathered.ask('a', question)))).toEqual([
      '4',
      '5',
      '6',
    ]);
    expect(call.mock.calls.map(([, questions]) => questions)).toEqual([[1], [2, 3], [4, 5, 6]]);
    jest.useRealTimers();
  });

  it('keeps groups apart: one does not wait for the other', async () => {
    const { calls, call } = new Answering();
    const gathered = new GatheredCalls({ most: 10, atOnce: 1, apartMs: 0 }, call);
    const answers = [gathered.ask('a', 1), gathered.ask('b', 1)];
    await nextTurn();
    expect(calls.map(({ group }) => group)).toEqual(['a', 'b']);
    calls[1]?.answer();
    expect(await answers[1]).toBe('b 1');
    calls[0]?.answer();
    expect(await answers[0]).toBe('a 1');
  });

  it('asks each alone when a call fails, so that a bad question fails by itself', async () => {
    const call = jest.fn((_group: string, questions: readonly number[]) =>
      questions.includes(2) ? Promise.reject(new Error('no 2')) : Promise.resolve(questions.map(String)),
    );
    const gathered = new GatheredCalls<number, string>({ most: 10, atOnce: 1, apartMs: 0 }, call);
    const answers = await Promise.allSettled([1, 2, 3].map((question) => gathered.ask('a', question)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await gathered.ask('a', 4)).toBe('4');
  });

  it('asks nobody again while the database is away', async () => {
    const error = new AppError('service.unavailable');
    const call = jest.fn(() => Promise.reject(error));
    const gathered = new GatheredCalls<number, string>({ most: 10, atOnce: 1, apartMs: 0 }, call);
    const answers = await Promise.allSettled([1, 2, 3].map((question) => gathered.ask('a', question)));
    expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: error })));
    expect(call).toHaveBeenCalledTimes(1);
  });
});
