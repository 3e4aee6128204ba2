/** Names of keys and channels in Redis. What belongs to a tenant carries its id; the bus belongs to the installation. */
export const redisKeys = {
  /** What was committed, for the gateways of the installation. Channels ignore logical databases, so the prefix tells installations apart. The number is the form of its letters: processes with another one hear each other by the tail alone. */
  bus: (prefix: string): string => `${prefix}bus:2`,
  /** Beginning of BullMQ's keys; the braces keep a queue in one slot of a cluster. Each job carries its tenant. */
  jobs: (prefix: string): string => `{${prefix}jobs}`,
  /** One bucket of a rate limit. All of a tenant share the hash tag, so that one script may touch several. */
  bucket: (prefix: string, tenantId: string, bucket: string, subject: string): string =>
    `${prefix}limit:{${tenantId}}:${bucket}:${subject}`,
  /** One part of a tenant's presence. */
  presence: (prefix: string, tenantId: string, part: string): string =>
    `${prefix}presence:{${tenantId}}:${part}`,
  /** The tenants of which somebody may be there. */
  presenceTenants: (prefix: string): string => `${prefix}presence-tenants`,
  /** The processes that share the limits of the installation. */
  limitNodes: (prefix: string): string => `${prefix}limit-nodes`,
} as const;
