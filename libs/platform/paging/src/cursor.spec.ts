import { z } from 'zod';
import { AppError } from '@parley/contracts/wire';
import { decodeCursor, encodeCursor, pageOf } from './cursor';

const schema = z.tuple([z.iso.datetime(), z.uuid()]);
const key: z.infer<typeof schema> = ['2026-01-02T03:04:05.678Z', '0190a0a0-0000-7000-8000-000000000001'];

describe('cursors', () => {
  it('come back as the key that they were made of', () => {
    expect(decodeCursor(encodeCursor(key), schema)).toEqual(key);
    expect(decodeCursor(undefined, schema)).toBeNull();
  });

  it.each([
    ['noise', 'x1'],
    ['another list’s cursor', encodeCursor('ada')],
    ['an object of operators', encodeCursor([{ not: '' }, key[1]])],
    ['SQL', encodeCursor([key[0], "' OR 1=1 --"])],
  ])('S14: refuses %s', (_, cursor) => {
    expect(() => decodeCursor(cursor, schema)).toThrow(AppError);
  });

  it('name the last row of a page, and end with the last page', () => {
    expect(pageOf([1, 2, 3], 2, (row) => row)).toEqual({ data: [1, 2], page: { next: encodeCursor(2) } });
    expect(pageOf([1, 2], 2, (row) => row)).toEqual({ data: [1, 2], page: { next: null } });
    expect(pageOf([], 2, (row) => row)).toEqual({ data: [], page: { next: null } });
  });
});
