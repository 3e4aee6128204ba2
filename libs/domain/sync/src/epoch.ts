import { Injectable } from '@nestjs/common';
import { Db } from '@parley/platform/database';

const rereadAfterMs = 2_000;

/** The installation's epoch: raised by a restore, so that no client takes a seq that was given twice for one it knows. */
@Injectable()
export class Epoch {
  private known: { value: Promise<string>; readAt: number } | undefined;

  constructor(private readonly db: Db) {}

  /** At most two seconds old. The tenant is only the door to the database. */
  current(tenantId: string): Promise<string> {
    const now = performance.now();
    if (this.known === undefined || now - this.known.readAt > rereadAfterMs) {
      const known = { value: this.read(tenantId), readAt: now };
      known.value.catch(() => {
        if (this.known === known) this.known = undefined;
      });
      this.known = known;
    }
    return this.known.value;
  }

  private async read(tenantId: string): Promise<string> {
    const row = await this.db.tx(tenantId, ({ prisma }) =>
      prisma.installation.findUniqueOrThrow({ where: { id: 1 } }),
    );
    return row.epoch;
  }
}
