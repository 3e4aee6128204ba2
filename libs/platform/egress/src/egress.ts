import type { Metrics } from '@parley/platform/telemetry';
import { findDestination, type DestinationRules } from './destination';
import { EgressError } from './egress.error';
import type { EgressAnswer, EgressRequest } from './egress.types';
import { exchange } from './exchange';
import { askNameservers } from './name-resolver';
import { Places } from './places';

export interface EgressOptions extends Partial<DestinationRules> {
  /** Requests at once. */
  max?: number;
  /** Requests of one owner at once. */
  maxPerOwner?: number;
  /** For tests: certificates (PEM) that are trusted instead of the usual ones. */
  ca?: string;
}

const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** HTTP requests to addresses that others chose. */
export class Egress {
  private readonly places: Places;
  private readonly rules: DestinationRules;
  private readonly ca: string | undefined;
  private readonly seconds;

  constructor(metrics: Metrics, options: EgressOptions = {}) {
    const { resolve = askNameservers, permitted = [], max = 128, maxPerOwner = 16, ca } = options;
    this.rules = { resolve, permitted };
    this.places = new Places({ max, maxPerOwner });
    this.ca = ca;
    this.seconds = metrics.histogram({
      name: 'egress_request_seconds',
      help: 'Requests to addresses that tenants chose, by purpose and outcome: a class of HTTP statuses, or a failure.',
      labelNames: ['purpose', 'outcome'],
    });
    const { places } = this;
    metrics.gauge({
      name: 'egress_requests_open',
      help: 'Requests to addresses that tenants chose that are under way.',
      collect() {
        this.set(places.inUse);
      },
    });
  }

  /** Any HTTP status is an answer. @throws EgressError */
  async request(request: EgressRequest): Promise<EgressAnswer> {
    const { purpose } = request;
    const startedAt = performance.now();
    const observe = (outcome: string): void =>
      this.seconds.observe({ purpose, outcome }, (performance.now() - startedAt) / 1_000);
    try {
      const answer = await this.within(request);
      observe(`${Math.floor(answer.status / 100)}xx`);
      return answer;
    } catch (error) {
      observe(error instanceof EgressError ? error.code : 'error');
      throw error;
    }
  }

  private async within(request: EgressRequest): Promise<EgressAnswer> {
    const giveBack = this.places.take(request.owner);
    const signal = AbortSignal.timeout(request.timeoutMs);
    try {
      return await this.follow(request, signal);
    } catch (error) {
      throw signal.aborted ? new EgressError('egress.timed_out', error) : error;
    } finally {
      giveBack();
    }
  }

  private async follow(request: EgressRequest, signal: AbortSignal): Promise<EgressAnswer> {
    const { method = 'GET', maxRedirects = 0, allowHttp = false } = request;
    let current = request;
    for (let followed = 0; ; followed += 1) {
      const destination = await findDestination(current.url, allowHttp, this.rules, signal);
      signal.throwIfAborted();
      const answer = await exchange(destination, current, { signal, ca: this.ca });
      const { location } = answer.headers;
      if (!redirects.includes(answer.status) || location === undefined) return answer;
      if (followed >= maxRedirects || method === 'POST') throw new EgressError('egress.redirect_refused');
      current = redirected(current, destination.url, location);
    }
  }
}

function redirected(request: EgressRequest, from: URL, location: string): EgressRequest {
  if (!URL.canParse(location, from.href)) throw new EgressError('egress.url_refused');
  const to = new URL(location, from);
  const { headers, ...rest } = request;
  // What was meant for one origin (an authorization, say) is not another's to see.
  return { ...rest, url: to.href, ...(headers && to.origin === from.origin ? { headers } : {}) };
}
