import { AsyncLocalStorage } from 'node:async_hooks';

/** Who a request is for, once that is known. */
export interface RequestActorIds {
  tenantId?: string;
  userId?: string;
}

export interface RequestContext {
  readonly requestId: string;
  /** Asked at each log line: the guards find it out while the request runs. */
  readonly actor: () => RequestActorIds;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The HTTP request that this code runs for, if any. Sockets and jobs pass their ids explicitly: they are too many. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs `fn`, and everything that it starts, within the context of one request. */
export function runInRequest<T>(context: RequestContext, fn: () => T): T {
  return storage.run(context, fn);
}
