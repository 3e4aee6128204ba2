import type { Request } from 'express';
import type { Actor } from '@parley/platform/auth';
import type { RequestActorIds } from '@parley/platform/telemetry';

/** Who a request is from, for its log lines; the guard has put the actor there. */
export function actorIdsOf(request: Request): RequestActorIds {
  const { actor } = request as Request & { actor?: Actor };
  if (actor === undefined) return {};
  return { tenantId: actor.tenantId, ...(actor.userId === null ? {} : { userId: actor.userId }) };
}
