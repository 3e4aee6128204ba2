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
  /** Signing keys: the `kid` that tokens carry in their header. */
  kid?: string;
  algorithm?: 'HS256';
  scopes?: KeyScope[];
  createdAt: string;
  revokedAt?: string;
}

/** The answer to creating a key: the only time that its secret is shown. */
export interface CreatedKeyView extends KeyView {
  secret: string;
}

/** A new tenant with its first keys, whose secrets are shown here only. */
export interface CreatedTenantView extends TenantView {
  /** With all scopes. */
  serverKey: CreatedKeyView;
  signingKey: CreatedKeyView;
}
