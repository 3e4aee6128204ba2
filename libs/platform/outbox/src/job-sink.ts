import type { JobData, JobDefinition } from '@parley/contracts/internal';

/** One job to add. */
export interface NewJob {
  /** The same events make the same id: while a job of that id lives, adding it again changes nothing. */
  id: string;
  definition: JobDefinition;
  data: JobData;
}

/** Where the relay puts jobs. */
export abstract class JobSink {
  /** False while adding would fail: the relay then claims nothing. */
  abstract get ready(): boolean;

  /** Adds jobs within bounded time. A rejection leaves open which of them were added. */
  abstract add(jobs: readonly NewJob[]): Promise<void>;
}
