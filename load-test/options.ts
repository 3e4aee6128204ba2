import type { Options } from 'k6/options';
import { volumeOf, type Profile } from './profiles.ts';
import type { Settings } from './settings.ts';

const setupSeconds = 180;
/** For connecting, settling and comparing, besides the sending. */
const aroundSeconds = 60;

/** The one scenario and everything that must hold. */
export function optionsOf({ profile }: Settings): Options {
  return {
    scenarios: {
      talk: {
        executor: 'per-vu-iterations',
        vus: profile.circles,
        iterations: 1,
        maxDuration: `${profile.seconds + aroundSeconds}s`,
        gracefulStop: '5s',
      },
    },
    setupTimeout: `${setupSeconds}s`,
    summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
    thresholds: thresholdsOf(profile),
  };
}

function thresholdsOf(profile: Profile): Record<string, string[]> {
  const { users, sends, deliveries } = volumeOf(profile);
  const { ack, delivery, response } = profile.latencyMs;
  return {
    lost: ['count==0'],
    duplicated: ['count==0'],
    out_of_order: ['count==0'],
    mismatched: ['count==0'],
    send_failed: ['count==0'],
    disconnects: ['count==0'],
    // Without these, a run that did nothing would be green.
    messages_sent: [`count==${sends}`],
    messages_delivered: [`count>=${deliveries}`],
    receivers_compared: [`count==${users}`],
    checks: ['rate==1'],
    ack_latency: [`p(95)<${ack.p95}`, `p(99)<${ack.p99}`],
    delivery_latency: [`p(95)<${delivery.p95}`, `p(99)<${delivery.p99}`],
    http_req_duration: [`p(95)<${response.p95}`, `p(99)<${response.p99}`],
  };
}
