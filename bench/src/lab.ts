import { Generators, pin, type Cores } from '@parley/testing/load';
import { Floor, type FloorKind } from './subjects/floor';
import { Product } from './subjects/product';
import { Servers } from './subjects/servers';
import type { Subject } from './subjects/subject.types';

export const floorKinds = {
  'f1-ws': { transport: 'ws', store: 'memory', adapter: false },
  'f2-socket.io': { transport: 'socket.io', store: 'memory', adapter: false },
  'f3-tutorial': { transport: 'socket.io', store: 'insert', adapter: true },
  'f4-ws-batches': { transport: 'ws', store: 'batch', adapter: false },
  'f4-socket.io-batches': { transport: 'socket.io', store: 'batch', adapter: false },
} as const satisfies Record<string, FloorKind>;

export type SubjectName = 'parley' | keyof typeof floorKinds;

export interface LabOptions {
  quick: boolean;
  seed: number;
  /** Interleaved ones; undefined: what the scenario asks for. */
  rounds?: number;
  generators: number;
  cores: Cores | undefined;
  dataDir?: string;
  profileFolder?: string;
  /** Leaves out all other subjects, whatever a scenario compares. */
  only?: readonly string[];
  say(line: string): void;
}

/** Everything that a scenario measures with: servers, subjects that are started when first asked for, generators. */
export class Lab {
  private readonly subjects = new Map<SubjectName, Subject>();
  private closing: Promise<void> | undefined;

  private constructor(
    readonly options: LabOptions,
    readonly servers: Servers,
    readonly generators: Generators,
  ) {}

  static async open(options: LabOptions): Promise<Lab> {
    const { generators: processes, cores, dataDir } = options;
    // This process beside the generator: what it reads and decides is no work of the server side.
    if (cores !== undefined) pin([process.pid], cores.generator);
    const servers = await Servers.start(cores?.server, dataDir);
    const generators = Generators.start({ processes });
    return new Lab(options, servers, generators);
  }

  get quick(): boolean {
    return this.options.quick;
  }

  /** How many interleaved rounds: a headline's is 5, others 3. */
  rounds(usual: number): number {
    return this.options.rounds ?? (this.quick ? 1 : usual);
  }

  async subject(name: SubjectName): Promise<Subject> {
    let subject = this.subjects.get(name);
    if (subject === undefined) {
      subject =
        name === 'parley'
          ? await this.startProduct()
          : await Floor.start(name, floorKinds[name], this.servers);
      this.subjects.set(name, subject);
    }
    return subject;
  }

  async product(): Promise<Product> {
    const subject = await this.subject('parley');
    if (!(subject instanceof Product)) throw new TypeError('the product is no floor');
    return subject;
  }

  /** Those that are to be measured now. */
  chosen<T extends SubjectName>(names: readonly T[]): T[] {
    const { only } = this.options;
    return names.filter((name) => only?.includes(name) ?? true);
  }

  /** Ends everything that was started; safe to call twice. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.generators.stop();
    await Promise.allSettled([...this.subjects.values()].map((subject) => subject.stop()));
    await this.servers.stop();
  }

  private startProduct(): Promise<Product> {
    const { profileFolder } = this.options;
    return Product.start(this.servers, profileFolder === undefined ? {} : { profileFolder });
  }
}
