import { z } from 'zod';
import { defineJob } from '@parley/contracts/internal';
import { JobCatalogue, handleJob } from './job-catalogue';

const job = (name: string) =>
  defineJob({
    name,
    on: ['message.created'],
    queue: 'test',
    schema: z.object({}),
    dedupe: 'none',
    why: 'a test',
  });
const nothing = (): Promise<void> => Promise.resolve();

describe('the catalogue of jobs', () => {
  const [first, second] = [job('test.first'), job('test.second')];

  it('finds the handler of each job', () => {
    const catalogue = new JobCatalogue(
      [first, second],
      [handleJob(second, nothing), handleJob(first, nothing)],
    );
    expect(catalogue.find('test.first')?.definition).toBe(first);
    expect(catalogue.find('test.third')).toBeUndefined();
  });

  it('does not come to be with a job that has no handler, or two', () => {
    expect(() => new JobCatalogue([first, second], [handleJob(first, nothing)])).toThrow(
      'The job "test.second" has no handler.',
    );
    expect(() => new JobCatalogue([first], [handleJob(first, nothing), handleJob(first, nothing)])).toThrow(
      'The job "test.first" has two handlers.',
    );
  });

  it('does not come to be with a handler of an unknown job, or a job defined twice', () => {
    expect(() => new JobCatalogue([first], [handleJob(first, nothing), handleJob(second, nothing)])).toThrow(
      'The handler of "test.second" has no job in the catalogue.',
    );
    expect(() => new JobCatalogue([first, job('test.first')], [handleJob(first, nothing)])).toThrow(
      'The job "test.first" is defined twice.',
    );
  });

  it('refuses a name that BullMQ would refuse as part of an id', () => {
    expect(() => job('test:colon')).toThrow('is no name for a job');
  });
});
