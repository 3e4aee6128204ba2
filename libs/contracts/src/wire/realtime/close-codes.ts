/** Why the server ended a connection, and what the client does then. Codes of 4500 and above say: do not retry. */
export const closeCodes = {
  4000: { reason: 'drain', retry: true },
  4001: { reason: 'slow', retry: true },
  4002: { reason: 'lagging', retry: true },
  4003: { reason: 'rate_limit.exceeded', retry: true },
  4500: { reason: 'token.invalid', retry: false },
  4501: { reason: 'token.expired', retry: false },
  4502: { reason: 'token.revoked', retry: false },
  4503: { reason: 'protocol.violation', retry: false },
  4504: { reason: 'tenant.suspended', retry: false },
  4505: { reason: 'user.banned', retry: false },
} as const;

export type CloseCode = keyof typeof closeCodes;
