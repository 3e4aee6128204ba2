import { spawnSync } from 'node:child_process';
import { garbageCollectionFlag } from './garbage-collection';

it('the flag of the garbage collection is one that this V8 knows', () => {
  const { status, stderr } = spawnSync(process.execPath, [garbageCollectionFlag, '-e', '0'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
