import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { redactText } from '../log/redact';

const checkTimeoutMs = 1_000;
const publicCacheMs = 1_000;

/**
 * One dependency. `check` throws when it does not work, and may give a few words on how it does; `gating` says whether
 * this process is useless without it.
 */
export interface HealthCheck {
  readonly name: string;
  readonly gating: boolean;
  check(signal: AbortSignal): Promise<string | void>;
}

export interface CheckReport {
  status: 'up' | 'down';
  gating: boolean;
  responseTimeMs: number;
  /** Why it is down, or how it is up; for operators only. */
  detail?: string;
}

export interface HealthReport {
  /** `degraded`: something that is not gating is down. `error`, `starting` and `stopping` mean: send no requests. */
  status: 'ok' | 'degraded' | 'error' | 'starting' | 'stopping';
  checks: Record<string, CheckReport>;
}

/** The answer of `/health` at the entrance: no word about why something is down. */
export interface PublicHealth {
  status: HealthReport['status'];
  timestamp: string;
  services: Record<string, 'up' | 'down'>;
}

/** Knows the dependencies of this process and whether it should get requests. */
@Injectable()
export class Health implements OnModuleDestroy {
  private readonly checks = new Map<string, HealthCheck>();
  private phase: 'starting' | 'serving' | 'stopping' = 'starting';

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** Adds a dependency; whoever opens the connection to it calls this. */
  register(check: HealthCheck): void {
    if (this.checks.has(check.name)) throw new Error(`The health check "${check.name}" is registered twice.`);
    this.checks.set(check.name, check);
  }

  /** To be called when the process accepts requests or jobs: until then it is not ready. */
  markServing(): void {
    if (this.phase === 'starting') this.phase = 'serving';
  }

  /** Readiness goes first, so that no new request comes while the rest is closing. */
  onModuleDestroy(): void {
    this.phase = 'stopping';
  }

  /** Asks every dependency, each for at most one second. */
  report(): Promise<HealthReport> {
    return this.ask(0);
  }

  /** As `report`, without error texts, and asked at most once a second: anybody may call it. */
  async publicReport(now: Date): Promise<PublicHealth> {
    const { status, checks } = await this.ask(publicCacheMs);
    const services = Object.entries(checks).map(([name, check]) => [name, check.status]);
    return {
      status,
      timestamp: now.toISOString(),
      services: Object.fromEntries(services) as PublicHealth['services'],
    };
  }

  private async ask(cacheMs: number): Promise<HealthReport> {
    const reports = await Promise.all([...this.checks.values()].map((check) => this.askOne(check, cacheMs)));
    const checks = Object.fromEntries(reports);
    return { status: this.statusOf(Object.values(checks)), checks };
  }

  private async askOne(check: HealthCheck, cacheMs: number): Promise<[string, CheckReport]> {
    const attempt = this.indicators
      .check(check.name)
      .attempt(async ({ signal }) => {
        const words = await check.check(signal);
        return words === undefined ? {} : { words };
      })
      .withTimeout(checkTimeoutMs);
    const result = await (cacheMs > 0 ? attempt.cacheFor(cacheMs) : attempt);
    const { status, responseTime, message, words } = result[check.name] as Record<string, unknown>;
    const report: CheckReport = {
      status: status === 'up' ? 'up' : 'down',
      gating: check.gating,
      responseTimeMs: Number(responseTime),
    };
    if (report.status === 'down') report.detail = redactText(String(message));
    else if (typeof words === 'string') report.detail = words;
    return [check.name, report];
  }

  private statusOf(checks: readonly CheckReport[]): HealthReport['status'] {
    if (this.phase !== 'serving') return this.phase;
    const down = checks.filter((check) => check.status === 'down');
    if (down.length === 0) return 'ok';
    return down.some((check) => check.gating) ? 'error' : 'degraded';
  }
}

/** The status of the HTTP answer: 503 only when requests should go elsewhere. */
export function healthStatusCode(status: HealthReport['status']): 200 | 503 {
  return status === 'ok' || status === 'degraded' ? 200 : 503;
}
