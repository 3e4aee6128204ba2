import { AppError } from '@parley/contracts/wire';

interface Waiting<Q, A> {
  question: Q;
  resolve: (answer: A) => void;
  reject: (error: unknown) => void;
}

interface Group<Q, A> {
  waiting: Waiting<Q, A>[];
  running: number;
  scheduled: boolean;
  resting: NodeJS.Timeout | undefined;
}

export interface GatheredCallsOptions {
  /** Questions of one call. */
  most: number;
  /** Calls of one group that may be under way at a time; what comes meanwhile is gathered for the next one. */
  atOnce: number;
  /** Calls of one group begin so far apart unless `most` wait, in milliseconds; the first after a pause begins at once. */
  apartMs: number;
}

/**
 * Makes one call of what is asked in one turn of the event loop, or while calls are under way: asking costs PostgreSQL and
 * this process as much as most answers do, and many ask the same kind of thing when they all come at once. A call begins
 * after its questions were asked: no answer is older than its question. Groups, which are tenants, share no call.
 */
export class GatheredCalls<Q, A> {
  private readonly groups = new Map<string, Group<Q, A>>();

  /** `call` answers in the order of the questions. */
  constructor(
    private readonly options: GatheredCallsOptions,
    private readonly call: (group: string, questions: readonly Q[]) => Promise<readonly A[]>,
  ) {}

  /** @throws what `call` throws for this question alone, or AppError `service.unavailable` for all that were asked with it */
  ask(name: string, question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      const group = this.groups.get(name) ?? {
        waiting: [],
        running: 0,
        scheduled: false,
        resting: undefined,
      };
      this.groups.set(name, group);
      group.waiting.push({ question, resolve, reject });
      this.schedule(name, group);
    });
  }

  private schedule(name: string, group: Group<Q, A>): void {
    const { most, atOnce } = this.options;
    if (group.scheduled || group.waiting.length === 0 || group.running >= atOnce) return;
    if (group.resting !== undefined && group.waiting.length < most) return;
    group.scheduled = true;
    setImmediate(() => {
      group.scheduled = false;
      void this.run(name, group);
    });
  }

  private async run(name: string, group: Group<Q, A>): Promise<void> {
    const batch = group.waiting.splice(0, this.options.most);
    group.running += 1;
    this.rest(name, group);
    this.schedule(name, group);
    await this.answer(name, batch);
    group.running -= 1;
    this.schedule(name, group);
    this.forget(name, group);
  }

  private rest(name: string, group: Group<Q, A>): void {
    clearTimeout(group.resting);
    group.resting = setTimeout(() => {
      group.resting = undefined;
      this.schedule(name, group);
      this.forget(name, group);
    }, this.options.apartMs);
  }

  private forget(name: string, { waiting, running, resting }: Group<Q, A>): void {
    if (waiting.length === 0 && running === 0 && resting === undefined) this.groups.delete(name);
  }

  private async answer(name: string, batch: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.call(
        name,
        batch.map(({ question }) => question),
      );
      for (const [place, { resolve }] of batch.entries()) resolve(answers[place] as A);
    } catch (error) {
      // One that PostgreSQL does not take must not fail the others; while it is away each would only wait again.
      const away = error instanceof AppError && error.kind === 'unavailable';
      if (batch.length > 1 && !away) await Promise.all(batch.map((each) => this.answer(name, [each])));
      else for (const { reject } of batch) reject(error);
    }
  }
}
