import { Injectable } from '@nestjs/common';
import { AppError, toAppError, type Ack } from '@parley/contracts/wire';
import { Log, Metrics } from '@parley/platform/telemetry';
import type { Session } from '../sessions/session';
import { RequestRegistry, type RegisteredRequest } from './request-registry';
import { SocketLimits } from './socket-limits';

/** Carries the answer back; undefined where the client asked for none. */
export type Answer = ((ack: Ack<unknown>) => void) | undefined;

/**
 * The one way of every request of both transports: limit, find, validate, call, answer. An answer always goes out, also for
 * garbage. A request whose client asked for no answer is carried out like any other; what became of it is only counted.
 */
@Injectable()
export class Dispatcher {
  private running = 0;
  private readonly requests;

  constructor(
    private readonly registry: RequestRegistry,
    private readonly limits: SocketLimits,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.requests = metrics.counter({
      name: 'socket_requests_total',
      help: 'Requests over sockets by their outcome.',
      labelNames: ['name', 'code'],
    });
  }

  /** Requests that were not answered yet. */
  get inFlight(): number {
    return this.running;
  }

  /** Never throws. `parameters` are what came with the name: one input, or none where the input may be empty. */
  async dispatch(session: Session, name: unknown, parameters: unknown[], answer: Answer): Promise<void> {
    const request = typeof name === 'string' ? this.registry.find(name) : undefined;
    const label = request === undefined ? 'unknown' : String(name);
    this.running += 1;
    try {
      await this.limits.take(session);
      const data = await call(session, request, parameters);
      this.requests.inc({ name: label, code: 'ok' });
      answer?.({ ok: true, data });
    } catch (thrown) {
      const error = toAppError(thrown);
      this.requests.inc({ name: label, code: error.code });
      if (error.kind === 'internal') this.logFailure(session, label, error);
      answer?.({ ok: false, error: error.toBody() });
    } finally {
      this.running -= 1;
    }
  }

  private logFailure({ connection, actor }: Session, name: string, error: AppError): void {
    const { tenantId, userId } = actor;
    this.log.error('socket.request_failed', {
      name,
      requestId: connection.id,
      tenantId,
      userId,
      error: error.cause ?? error,
    });
  }
}

async function call(
  session: Session,
  request: RegisteredRequest | undefined,
  [input = {}, ...more]: unknown[],
): Promise<unknown> {
  if (request === undefined) throw new AppError('request.unknown');
  if (more.length > 0) throw new AppError('request.malformed');
  const issues = request.checker.check(input);
  if (issues.length > 0) throw new AppError('request.invalid', { issues: [...issues] });
  return request.handle(session, input);
}
