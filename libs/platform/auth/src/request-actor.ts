import type { Actor, OperatorActor } from './actor';

/** The part of an HTTP request that identity reads and writes. */
export interface AuthenticatedRequest {
  headers: Record<string, string | string[] | undefined>;
  /** Set by the guard; absent on public routes. */
  actor?: Actor;
  /** Set by the guard on operator routes, instead of an actor. */
  operator?: OperatorActor;
}
