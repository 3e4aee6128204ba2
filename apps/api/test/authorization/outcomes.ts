import type { ErrorCode } from '@parley/contracts/wire';
import { roles, type Role } from './cast';

/** `ok`: let in, whatever the answer then is; otherwise the code of the refusal. */
export type Outcome = 'ok' | ErrorCode;
export type Outcomes = Readonly<Record<Role, Outcome>>;

const outside = { anonymous: 'token.missing', operator: 'token.invalid' } as const;

function all(outcome: Outcome): Record<Role, Outcome> {
  return Object.fromEntries(roles.map((role) => [role, outcome])) as Record<Role, Outcome>;
}

/** Everybody with a credential of a tenant: it is about the caller itself, in its own tenant. */
export function signedIn(changes: Partial<Outcomes> = {}): Outcomes {
  return { ...all('ok'), ...outside, ...changes };
}

/** A user about itself: a server key must act for one. */
export function users(changes: Partial<Outcomes> = {}): Outcomes {
  return signedIn({ serverKey: 'actor.required', ...changes });
}

/** Participants alone. For all others, the tenant's staff too, there is no such conversation. */
export function participants(changes: Partial<Outcomes> = {}): Outcomes {
  const missing = 'conversation.not_found';
  return signedIn({
    otherTenant: missing,
    stranger: missing,
    removed: missing,
    moderator: missing,
    tenantAdmin: missing,
    ...changes,
  });
}

/** Participants as people: what a server key does for nobody makes no sense. */
export function people(changes: Partial<Outcomes> = {}): Outcomes {
  return participants({ serverKey: 'actor.required', ...changes });
}

/** The host product's back end, and nobody else of the tenant. */
export function backEnd(changes: Partial<Outcomes> = {}): Outcomes {
  return { ...all('permission.denied'), ...outside, serverKey: 'ok', ...changes };
}

export function operators(): Outcomes {
  return { ...all('token.invalid'), anonymous: 'token.missing', operator: 'ok' };
}
