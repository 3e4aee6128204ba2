import { spawnSync } from 'node:child_process';
import { garbageCollectionFlags } from './garbage-collection';

describe('flags of the garbage collection', () => {
  it.each(garbageCollectionFlags)('%s is one that this V8 knows', (flag) => {
    const { status, stderr } = spawnSync(process.execPath, [flag, '-e', '0'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
