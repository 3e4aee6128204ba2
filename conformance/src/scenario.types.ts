import type { Connection } from './client.types';
import type { Installation } from './installation';

/** What a scenario works with; its connections are closed after it. */
export interface Stage {
  installation: Installation;
  /** A connection of the client under test. */
  connect: (user: string) => Promise<Connection>;
  connectWith: (token: string) => Promise<Connection>;
}

export interface Scenario {
  /** A sentence that is true of a conforming server. */
  name: string;
  run: (stage: Stage) => Promise<void>;
}
