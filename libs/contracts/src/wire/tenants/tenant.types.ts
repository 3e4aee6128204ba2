export type TenantStatus = 'active' | 'suspended';

/** One customer of the installation, walled off from all others. */
export interface TenantView {
  id: string;
  name: string;
  status: TenantStatus;
  createdAt: string;
}

/** What a server API key may do. */
export const keyScopes = [
  'users',
  'tokens',
  'conversations',
  'messages',
  'imports',
  'keys',
  'limits',
  'audit',
] as const;
export type KeyScope = (typeof keyScopes)[number];

/** What an operator key may do: `read` sees the tenants, `manage` makes and changes them. */
export const operatorScopes = ['read', 'manage'] as const;
export type OperatorScope = (typeof operatorScopes)[number];

/** A key of whoever runs the installation, as it is listed: never its secret. */
export interface OperatorKeyView {
  id: string;
  name: string;
  scopes: OperatorScope[];
  createdAt: string;
  revokedAt?: string;
}

/** A key of a tenant as it is listed: never its secret. */
export interface KeyView {
  id: string;
  /** `signing` verifies user tokens, `server` is a back end's API key. */
  kind: 'signing' | 'server';
  name: string;
  /** Signing keys with a secret: the `kid` that tokens carry in their header. */
  kid?: string;
  algorithm?: 'HS256';
  /** Signing keys that the tenant publishes itself: where. Their own `kid`s and algorithms (RS256, ES256, EdDSA) count. */
  jwksUrl?: string;
  /** Signing keys: what tokens must carry as `iss`. */
  issuer?: string;
  /** Signing keys: what tokens must carry as `aud`. */
  audience?: string;
  scopes?: KeyScope[];
  createdAt: string;
  revokedAt?: string;
}

/** The answer to creating a key: the only time that its secret is shown. */
export interface CreatedKeyView extends KeyView {
  /** Absent for keys that the tenant publishes itself. */
  secret?: string;
}

/** A key that was just made, with its secret. */
export interface SecretKeyView extends CreatedKeyView {
  secret: string;
}

/** A new tenant with its first keys, whose secrets are shown here only. */
export interface CreatedTenantView extends TenantView {
  /** With all scopes. */
  serverKey: SecretKeyView;
  signingKey: SecretKeyView;
}
