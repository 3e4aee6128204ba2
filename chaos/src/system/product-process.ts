import { SystemProcess } from '@parley/testing';

export interface ProductProcessOptions {
  app: string;
  port: number;
  internalPort: number;
  environment: Record<string, string>;
  folder: string;
}

/** A process of the product that is killed and started again at the same ports, as by a supervisor. */
export class ProductProcess {
  /** What it printed in its earlier lives. */
  private earlier = '';
  private retired = false;

  private constructor(
    private readonly options: ProductProcessOptions,
    private current: SystemProcess,
  ) {}

  static async start(options: ProductProcessOptions): Promise<ProductProcess> {
    return new ProductProcess(options, await launch(options));
  }

  get app(): string {
    return this.options.app;
  }

  get port(): number {
    return this.options.port;
  }

  get log(): string {
    return this.earlier + this.current.log;
  }

  /** It runs, or is stopped; not: it has ended. */
  get isAlive(): boolean {
    try {
      process.kill(this.current.pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.current.kill(signal);
  }

  /** SIGKILL, and gone. */
  async kill(): Promise<void> {
    this.current.kill('SIGKILL');
    await this.current.stop();
  }

  /** SIGTERM; SIGKILL when it does not end. */
  async stop(): Promise<void> {
    // A stopped process would hear of it only when it is continued.
    this.current.kill('SIGCONT');
    await this.current.stop();
  }

  /** The last stop: nothing starts it again. */
  async retire(): Promise<void> {
    this.retired = true;
    await this.stop();
  }

  /** A new life after the end of the last one. @throws Error after `retire` */
  async startAgain(): Promise<void> {
    if (this.retired) throw new Error(`${this.app} is not to run any more`);
    this.earlier += this.current.log;
    this.current = await launch(this.options);
    // The end of the run may have come meanwhile.
    if (this.retired) await this.stop();
  }
}

const startsMax = 3;

/** A start that takes too long on a busy machine is made again. */
async function launch(options: ProductProcessOptions): Promise<SystemProcess> {
  const { app, environment, internalPort, folder } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await SystemProcess.start(app, environment, internalPort, folder);
    } catch (error) {
      if (attempt === startsMax) throw error;
    }
  }
}
