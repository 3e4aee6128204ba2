import { spawn } from 'node:child_process';
import {
  appendFile,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { OutboxRecord } from '../index';
import { FileOutboxStorage, OutboxFileError } from '../node';

const record = (id: string, order: number, text = 'hello'): OutboxRecord => ({
  id,
  order,
  input: { conversationId: 'c1', clientMessageId: `message.${id}`, text },
  attempted: false,
});

describe('the outbox in a file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'parley-outbox-'));
    file = path.join(folder, 'deep', 'outbox.jsonl');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function reopened(): Promise<OutboxRecord[]> {
    const storage = await FileOutboxStorage.open(file);
    const records = await storage.load();
    await storage.close();
    return records;
  }

  it('gives back what was put and not removed', async () => {
    const storage = await FileOutboxStorage.open(file);
    await Promise.all([
      storage.put(record('a', 1)),
      storage.put(record('b', 2)),
      storage.put(record('c', 3, 'zwei\nZeilen \u2028 👩‍👩‍👧')),
      storage.put({ ...record('b', 2), attempted: true }),
      storage.remove('a'),
      storage.remove('nothing'),
    ]);
    const expected = [{ ...record('b', 2), attempted: true }, record('c', 3, 'zwei\nZeilen \u2028 👩‍👩‍👧')];
    expect(await storage.load()).toEqual(expected);
    await storage.close();
    expect(await reopened()).toEqual(expected);
  });

  it('is for the eyes of its owner alone', async () => {
    const storage = await FileOutboxStorage.open(file);
    await storage.put(record('a', 1));
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await stat(path.dirname(file))).mode & 0o077).toBe(0);
    await storage.close();
  });

  it('writes what was asked for before close, and refuses what comes after', async () => {
    const storage = await FileOutboxStorage.open(file);
    const put = storage.put(record('a', 1));
    await storage.close();
    await put;
    await expect(storage.put(record('b', 2))).rejects.toThrow('is closed');
    expect(await reopened()).toHaveLength(1);
  });

  it('takes a line that was cut off, or blocks that were never written, for the end', async () => {
    for (const rest of ['{"put":{"id":"b","ord', '\0\0\0\0', '\0\0\n\0\0', '{"put":{"id":"b"}}\n']) {
      const storage = await FileOutboxStorage.open(file);
      await storage.put(record('a', 1));
      await storage.close();
      await appendFile(file, rest);
      const next = await FileOutboxStorage.open(file);
      await next.put(record('c', 2));
      await next.close();
      expect((await reopened()).map(({ id }) => id)).toEqual(['a', 'c']);
      await rm(file);
    }
  });

  it('stops with a sentence at damage before the end, and changes nothing', async () => {
    const storage = await FileOutboxStorage.open(file);
    await storage.put(record('a', 1));
    await storage.close();
    const damaged = `damage\n${await readFile(file, 'utf8')}`;
    await writeFile(file, damaged);
    await expect(FileOutboxStorage.open(file)).rejects.toThrow(/is damaged at line 1: take that line out/);
    await expect(FileOutboxStorage.open(file)).rejects.toBeInstanceOf(OutboxFileError);
    expect(await readFile(file, 'utf8')).toBe(damaged);
  });

  it('holds a prefix of the changes wherever the file is cut off', async () => {
    const change = fc.record({ id: fc.constantFrom('a', 'b', 'c'), put: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.nat(), async (changes, cut) => {
        const storage = await FileOutboxStorage.open(file);
        const states = [new Map<string, OutboxRecord>()];
        for (const [index, { id, put }] of changes.entries()) {
          const state = new Map(states.at(-1));
          if (put) state.set(id, record(id, index));
          else state.delete(id);
          states.push(state);
          await (put ? storage.put(record(id, index)) : storage.remove(id));
        }
        await storage.close();
        const bytes = await readFile(file);
        const kept = cut % (bytes.length + 1);
        await truncate(file, kept);
        const lines = bytes.subarray(0, kept).toString().split('\n').length - 1;
        expect(await reopened()).toEqual([...(states[lines]?.values() ?? [])]);
        await rm(file);
      }),
      { numRuns: 50 },
    );
  });

  it('stays short, however much goes through it', async () => {
    const storage = await FileOutboxStorage.open(file);
    await storage.put(record('stays', 0));
    for (let index = 1; index <= 40; index += 1) {
      const text = 'x'.repeat(10_000);
      await storage.put(record(`m${index}`, index, text));
      await storage.remove(`m${index}`);
    }
    expect((await stat(file)).size).toBeLessThan(100_000);
    await storage.put(record('last', 99));
    await storage.close();
    expect((await reopened()).map(({ id }) => id)).toEqual(['stays', 'last']);
    expect(await readdir(path.dirname(file))).toEqual(['outbox.jsonl']);
  });

  it('forgets what the disk refused, and goes on when it can', async () => {
    const storage = await FileOutboxStorage.open(file);
    await storage.put(record('a', 1));
    const probe = await open(file, 'r');
    const handles = Object.getPrototypeOf(probe) as typeof probe;
    await probe.close();
    const full = jest.spyOn(handles, 'datasync').mockRejectedValueOnce(new Error('ENOSPC'));
    await expect(storage.put(record('b', 2))).rejects.toThrow('cannot be written: Error: ENOSPC');
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2);
    full.mockRestore();
    await storage.put(record('c', 3));
    await storage.close();
    expect((await reopened()).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('belongs to one at a time', async () => {
    const storage = await FileOutboxStorage.open(file);
    await expect(FileOutboxStorage.open(file)).rejects.toThrow('is in use by this process');
    await storage.close();
    await (await FileOutboxStorage.open(file)).close();
  });

  it('is taken over from a process that died, and from an earlier one with the same number', async () => {
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    const lock = `${file}.lock-other`;
    await (await FileOutboxStorage.open(file)).close();
    await writeFile(lock, JSON.stringify({ pid: other.pid, started: '' }));
    await expect(FileOutboxStorage.open(file)).rejects.toThrow(`is in use by process ${other.pid}`);
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill();
    await ended;
    const rests = [await readFile(lock, 'utf8'), `{"pid":${process.pid},"started":"earlier/1"}`, ''];
    for (const rest of rests) {
      await writeFile(lock, rest);
      expect(await reopened()).toEqual([]);
    }
  });

  it('never has two owners when many open it at once', async () => {
    await (await FileOutboxStorage.open(file)).close();
    for (let round = 0; round < 5; round += 1) {
      await writeFile(`${file}.lock-dead`, `{"pid":${process.pid},"started":"earlier/1"}`);
      const opened = await Promise.allSettled(Array.from({ length: 8 }, () => FileOutboxStorage.open(file)));
      const owners = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(owners.length).toBeLessThanOrEqual(1);
      for (const owner of owners) await owner.close();
    }
    expect(await reopened()).toEqual([]);
    expect(await readdir(path.dirname(file))).toEqual(['outbox.jsonl']);
  });
});
