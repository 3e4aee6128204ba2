import { v5 as uuidv5 } from 'uuid';
import { AppError } from '@parley/contracts/wire';
import type { SecretBox } from '@parley/platform/auth';
import type { Tx } from '@parley/platform/database';
import type { Done, Once } from './once';

/** What a key is a name for. */
export interface NamedRequest {
  /** Who asks; a key belongs to one caller alone. */
  actor: string;
  /** Method and path. */
  route: string;
  key: string;
  /** Of the body, to tell a repeat from another request. */
  hash: Buffer;
}

const idNamespace = '0f6d3c52-7a0e-4a0b-9c53-3f4f6f1c9b1e';

/** A request under an Idempotency-Key: its effect happens once, and each repeat gets the first answer. */
export class KeyedOnce implements Once {
  constructor(
    private readonly box: SecretBox,
    private readonly request: NamedRequest,
  ) {}

  async run<A, N>(tx: Tx, work: () => Promise<Done<A, N>>): Promise<Done<A, N | null>> {
    const { actor, route, key, hash } = this.request;
    // A repeat that comes meanwhile waits here, on the unique key, for the end of the first one's transaction.
    const { count } = await tx.prisma.idempotencyKey.createMany({
      data: { tenantId: tx.tenantId, actor, route, key, requestHash: Uint8Array.from(hash) },
      skipDuplicates: true,
    });
    if (count === 0) {
      const answer = await this.recall<A>(tx);
      // Null: it was forgotten between the two statements, its day being over.
      return answer === null ? this.run(tx, work) : { answer, news: null };
    }
    const done = await work();
    const sealed = this.box.seal(Buffer.from(JSON.stringify(done.answer)), this.place(tx));
    await tx.prisma.idempotencyKey.update({
      where: this.row(tx),
      data: { answer: Uint8Array.from(sealed) },
    });
    return done;
  }

  async recall<A>(tx: Tx): Promise<A | null> {
    const row = await tx.prisma.idempotencyKey.findUnique({ where: this.row(tx) });
    if (row === null) return null;
    if (!this.request.hash.equals(row.requestHash)) throw new AppError('idempotency.key_conflict');
    if (row.answer === null) throw new RangeError('an idempotency key was committed without its answer');
    return JSON.parse(this.box.open(Buffer.from(row.answer), this.place(tx)).toString('utf8')) as A;
  }

  newId(): string {
    const { actor, route, key } = this.request;
    return uuidv5(`${actor}\n${route}\n${key}`, idNamespace);
  }

  private row({ tenantId }: Tx) {
    const { actor, route, key } = this.request;
    return { tenantId_actor_route_key: { tenantId, actor, route, key } };
  }

  private place({ tenantId }: Tx): string {
    const { actor, route, key } = this.request;
    return `idempotency_key.answer:${tenantId}:${actor}:${route}:${key}`;
  }
}
