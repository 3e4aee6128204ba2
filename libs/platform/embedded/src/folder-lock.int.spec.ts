import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Launcher, openFolder } from '../test/launcher-process';
import { lockFolder } from './folder-lock';

const starters = 3;
const rounds = 150;
const roundMs = 15;

describe('the lock of a data folder', () => {
  const launcher = new Launcher();
  const folder = openFolder();

  afterAll(() => {
    launcher.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function folderWith(name: string, lock?: string): string {
    const made = join(folder, name);
    mkdirSync(made);
    if (lock !== undefined) writeFileSync(join(made, 'launcher.lock'), lock);
    return made;
  }

  it('lets exactly one of three starts through that find the lock of a dead process at the same moment', async () => {
    const folders = Array.from({ length: rounds }, (_, round) =>
      folderWith(`raced-${round}`, JSON.stringify({ pid: process.pid, identity: 'of a dead process' })),
    );
    const results = await launcher.race(folders, starters, roundMs);
    const winners = folders.map((_, round) => results.filter((taken) => taken[round]).length);
    expect(winners).toEqual(folders.map(() => 1));
  }, 60_000);

  it.each([
    ['empty', ''],
    ['garbage', 'no JSON\n\0\0'],
    ['of another shape', '{"pid":"1"}'],
    ['of a process that is gone', '{"pid":999999999,"identity":"gone"}'],
    ['of a living process that is another one', JSON.stringify({ pid: process.pid, identity: 'older' })],
  ])('is taken over when its file is %s', (name, content) => {
    const taken = folderWith(name, content);
    const release = lockFolder(taken, 'Parley');
    expect(() => lockFolder(taken, 'Parley')).toThrow(`already in use by process ${process.pid}`);
    release();
    expect(readdirSync(taken)).toEqual([]);
    lockFolder(taken, 'Parley')();
  });

  it('goes on where a process died between its claim and the lock', () => {
    const taken = folderWith('half-taken', 'stale');
    const successor = createHash('sha256').update('stale').digest('hex').slice(0, 16);
    writeFileSync(join(taken, `launcher.lock.after-${successor}`), 'claimed by a dead process');
    const release = lockFolder(taken, 'Parley');
    expect(readdirSync(taken)).toEqual(['launcher.lock']);
    release();
  });
});
