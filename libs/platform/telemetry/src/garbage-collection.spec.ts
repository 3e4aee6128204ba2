import { spawnSync } from 'node:child_process';
import { aloneFlag, restFlag, seldomFlag, youngFlag } from './garbage-collection';

it.each([restFlag, seldomFlag, aloneFlag, youngFlag])('this V8 knows %s', (flag) => {
  const { status, stderr } = spawnSync(process.execPath, [flag, '-e', '0'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
