/** How much load, how long, and what the latencies may be. */
export interface Profile {
  what: string;
  /** Groups of users that talk among themselves; each is one virtual user of k6. */
  circles: number;
  /** Even: neighbours are pairs, all of them together are one group. */
  usersPerCircle: number;
  seconds: number;
  /** Below the limit of a user (100 a minute), so that no tenant needs raised limits. */
  messagesPerMinute: number;
  /** Milliseconds that the 95th and 99th percentiles must stay below. */
  latencyMs: Record<'ack' | 'delivery' | 'response', { p95: number; p99: number }>;
}

export type ProfileName = keyof typeof profiles;

export const profiles = {
  smoke: {
    what: 'Is this installation whole? Half a minute; its times hold on two busy cores.',
    circles: 8,
    usersPerCircle: 6,
    seconds: 30,
    messagesPerMinute: 30,
    latencyMs: {
      ack: { p95: 300, p99: 1_000 },
      delivery: { p95: 300, p99: 1_000 },
      response: { p95: 500, p99: 1_500 },
    },
  },
  slo: {
    what: 'Does it keep its service levels? Five minutes, on a machine of its own.',
    circles: 20,
    usersPerCircle: 6,
    seconds: 300,
    messagesPerMinute: 30,
    latencyMs: {
      ack: { p95: 100, p99: 200 },
      delivery: { p95: 50, p99: 100 },
      response: { p95: 100, p99: 200 },
    },
  },
} as const satisfies Record<string, Profile>;

/** What a whole run of a profile sends and delivers when nothing goes wrong. */
export function volumeOf(profile: Profile): { users: number; sends: number; deliveries: number } {
  const { circles, usersPerCircle } = profile;
  const users = circles * usersPerCircle;
  const each = sendsPerUser(profile);
  const toGroup = Math.floor(each / 2);
  return {
    users,
    sends: users * each,
    deliveries: users * ((each - toGroup) * 2 + toGroup * usersPerCircle),
  };
}

/** Every second one goes to the group, the others to the pair. */
export function sendsPerUser({ seconds, messagesPerMinute }: Profile): number {
  return Math.max(1, Math.floor((seconds * messagesPerMinute) / 60));
}
