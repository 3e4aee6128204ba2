import { socketRequestDtos } from '@parley/contracts/dto';
import { socketRequestNames, type SocketRequestName, type SocketRequests } from '@parley/contracts/wire';
import { compileChecker, type Checker } from '@parley/platform/validation';
import type { Session } from '../sessions/session';

/** How one request is answered: the one line that calls the domain. */
export interface RequestHandler<N extends SocketRequestName = SocketRequestName> {
  handle: (session: Session, input: SocketRequests[N]['input']) => Promise<SocketRequests[N]['output']>;
}

export type RequestHandlers = { [N in SocketRequestName]: RequestHandler<N> };

/** A request as the dispatcher sees it: its input was checked by `checker` before `handle` gets it. */
export interface RegisteredRequest {
  checker: Checker;
  handle: (session: Session, input: unknown) => Promise<unknown>;
}

/** All requests by name, with compiled checkers. */
export class RequestRegistry {
  private readonly requests = new Map<string, RegisteredRequest>();

  /** @throws RangeError when a request of the protocol has no handler, or a handler no request: the process must not start */
  constructor(handlers: RequestHandlers) {
    const known = new Set<string>(socketRequestNames);
    const missing = socketRequestNames.filter((name) => !Object.hasOwn(handlers, name));
    const unknown = Object.keys(handlers).filter((name) => !known.has(name));
    if (missing.length > 0) throw new RangeError(`no handler answers the request ${missing.join(', ')}`);
    if (unknown.length > 0)
      throw new RangeError(`the protocol does not know the request ${unknown.join(', ')}`);
    for (const name of socketRequestNames) {
      this.requests.set(name, {
        checker: compileChecker(socketRequestDtos[name]),
        handle: handlers[name].handle as RegisteredRequest['handle'],
      });
    }
  }

  find(name: string): RegisteredRequest | undefined {
    return this.requests.get(name);
  }
}
