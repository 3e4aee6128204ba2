import { Injectable } from '@nestjs/common';
import type { Revocation } from '@parley/contracts/internal';
import type { CloseCode } from '@parley/contracts/wire';
import { isRevokedBy, type UserActor } from '@parley/platform/auth';
import { Metrics } from '@parley/platform/telemetry';
import type { Connection } from '../connections/connection';
import { Connections } from '../connections/connections';

const closeCode = {
  'token.revoked': 4502,
  'user.deactivated': 4500,
  'user.banned': 4505,
  'tenant.suspended': 4504,
} as const satisfies Record<string, CloseCode>;

/**
 * Ends the connections of those who were shut out (I13, S4). The tail repeats each revocation for a while: whoever comes
 * back by an identity that is cached still, or was in the handshake, is ended the next time.
 */
@Injectable()
export class Revoker {
  private readonly ended;

  constructor(
    private readonly connections: Connections,
    metrics: Metrics,
  ) {
    this.ended = metrics.counter({
      name: 'connections_revoked_total',
      help: 'Connections that were closed because their user was shut out.',
      labelNames: ['code'],
    });
  }

  end(revocations: readonly Revocation[]): void {
    if (revocations.length === 0) return;
    const bySubject = groupBySubject(revocations);
    for (const connection of this.connections) {
      for (const subject of subjectsOf(connection.actor)) {
        const revoked = bySubject.get(subject) ?? [];
        if (revoked.some((each) => this.endIfRevoked(connection, each))) break;
      }
    }
  }

  private endIfRevoked(connection: Connection, revoked: Revocation): boolean {
    const code = isRevokedBy(connection.actor, revoked);
    if (code === undefined) return false;
    connection.close(closeCode[code]);
    this.ended.inc({ code });
    return true;
  }
}

// Several may be about one user: its tokens were ended, and it was banned.
function groupBySubject(revocations: readonly Revocation[]): Map<string, Revocation[]> {
  const groups = new Map<string, Revocation[]>();
  for (const revoked of revocations) {
    const subject = subjectOf(revoked);
    groups.set(subject, [...(groups.get(subject) ?? []), revoked]);
  }
  return groups;
}

function subjectOf(revoked: Revocation): string {
  switch (revoked.kind) {
    case 'tenant':
      return revoked.tenantId;
    case 'key':
      return `${revoked.tenantId} key ${revoked.keyId}`;
    case 'user':
      return `${revoked.tenantId} user ${revoked.userId}`;
  }
}

function subjectsOf({ tenantId, userId, keyId }: UserActor): string[] {
  return [tenantId, `${tenantId} key ${keyId}`, `${tenantId} user ${userId}`];
}
