import type { TenantFeatures } from '../tenants/features.types';

export const userRoles = ['member', 'moderator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

export const userDirectories = ['everyone', 'shared'] as const;
/** Which users a member finds: all of the tenant, or those with whom it shares a conversation. */
export type UserDirectory = (typeof userDirectories)[number];

/** A tenant's rules about its users. */
export interface UserSettings {
  directory: UserDirectory;
}

export const defaultUserSettings: Readonly<UserSettings> = { directory: 'everyone' };

/** A user as everybody in the tenant may see it. */
export interface UserView {
  /** The host product's own id of the user, 1–128 characters. */
  id: string;
  name: string | null;
  avatarUrl: string | null;
  role: UserRole;
  deactivated: boolean;
  createdAt: string;
}

/** The caller: who it is and what it may cost. */
export interface MeView {
  tenantId: string;
  /** Absent for a server key that acts for nobody. */
  user?: UserView;
  /** Present for server keys. */
  scopes?: string[];
  limits: PublicLimits;
  /** What the tenant's users are offered. */
  features: TenantFeatures;
}

/** The limits of sizes that clients need to know. */
export interface PublicLimits {
  messageTextMaxBytes: number;
  metadataMaxBytes: number;
  frameMaxBytes: number;
  participantsPerRequest: number;
  pageMaxItems: number;
}

/** A freshly minted user token. */
export interface TokenView {
  token: string;
  userId: string;
  /** ISO 8601. */
  expiresAt: string;
}
