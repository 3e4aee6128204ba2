import { banErrors } from '../bans/errors';
import { blockErrors } from '../blocks/errors';
import { conversationErrors } from '../conversations/errors';
import { importErrors } from '../imports/errors';
import { invitationErrors } from '../invitations/errors';
import { messageErrors } from '../messages/errors';
import { participantErrors } from '../participants/errors';
import { pinErrors } from '../pins/errors';
import { rateLimitErrors } from '../rate-limits/errors';
import { reactionErrors } from '../reactions/errors';
import { syncErrors } from '../sync/errors';
import { tenantErrors } from '../tenants/errors';
import { threadErrors } from '../threads/errors';
import { userErrors } from '../users/errors';
import type { ErrorDefinition } from './error-definition';
import { idempotencyErrors } from './idempotency.errors';
import { requestErrors } from './request.errors';

const assembled = {
  ...requestErrors,
  ...idempotencyErrors,
  ...tenantErrors,
  ...userErrors,
  ...blockErrors,
  ...banErrors,
  ...invitationErrors,
  ...conversationErrors,
  ...participantErrors,
  ...messageErrors,
  ...reactionErrors,
  ...pinErrors,
  ...threadErrors,
  ...syncErrors,
  ...importErrors,
  ...rateLimitErrors,
};

/** Every code that Parley answers with. A code is stable: clients may branch on it. */
export type ErrorCode = keyof typeof assembled;

/** All errors by code, assembled from the capabilities. */
export const errorCatalogue: Readonly<Record<ErrorCode, ErrorDefinition>> = assembled;
