import type { Findings } from './findings';
import type { Lab } from './lab';

export interface Scenario {
  /** As on the command line, and of its file of results. */
  name: string;
  title: string;
  /** One sentence under the title in docs/benchmarks.md. */
  about: string;
  run(lab: Lab): Promise<Findings>;
}
