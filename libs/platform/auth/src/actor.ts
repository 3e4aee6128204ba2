import type { KeyScope, OperatorScope, UserRole } from '@parley/contracts/wire';

/** A person, by a verified user token. */
export interface UserActor {
  readonly kind: 'user';
  readonly tenantId: string;
  readonly userId: string;
  readonly role: UserRole;
  /** Seconds since the epoch, from the token. */
  readonly issuedAt: number;
  /** Seconds since the epoch, from the token. */
  readonly expiresAt: number;
  /** The signing key that verified the token. */
  readonly keyId: string;
  /** Others see the user as offline, as of when the token was verified. */
  readonly invisible: boolean;
}

/** A back end of the host product, by a server API key; for a user where the request says so (Parley-Act-As). */
export interface ServerActor {
  readonly kind: 'server';
  readonly tenantId: string;
  readonly keyId: string;
  readonly scopes: readonly KeyScope[];
  readonly userId: string | null;
}

/** Who a request is from. Every service method takes one and asserts first. */
export type Actor = UserActor | ServerActor;

/** Whoever runs the installation, by an operator key. It is no `Actor`: no service of a tenant takes one. */
export interface OperatorActor {
  readonly keyId: string;
  readonly scopes: readonly OperatorScope[];
}
