import {
  ParleyClient,
  type Transport,
  type ClientEvents,
  type ConnectionState,
  type ParleyClientOptions,
  type ParleyError,
} from '../src/index';

/** A client that writes down everything that it told the app. */
export class RecordingClient {
  readonly client: ParleyClient;
  readonly states: ConnectionState[] = [];
  readonly seqs = new Map<string, number[]>();
  readonly told: [keyof ClientEvents, unknown][] = [];

  constructor(server: Transport, options: Partial<ParleyClientOptions> = {}) {
    this.client = new ParleyClient({
      url: 'http://parley.test',
      token: 'token',
      transport: server,
      ...options,
    });
    this.client.on('state', ({ state }) => this.states.push(state));
    this.client.on('event', ({ conversationId, seq }) => {
      this.seqs.set(conversationId, [...(this.seqs.get(conversationId) ?? []), seq]);
    });
    const others = [
      'gap',
      'conversation.joined',
      'conversation.left',
      'conversation.created',
      'message.settled',
      'reset',
    ] as const;
    for (const name of others) this.client.on(name, (payload) => this.told.push([name, payload]));
  }

  seqsOf(conversationId: string): number[] {
    return this.seqs.get(conversationId) ?? [];
  }

  toldOf(name: keyof ClientEvents): unknown[] {
    return this.told.filter(([told]) => told === name).map(([, payload]) => payload);
  }
}

/** Lets (fake) time pass until the condition holds; fails after a minute of it. */
export async function until(condition: () => boolean, limitMs = 60_000): Promise<void> {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > limitMs) throw new Error('the condition did not come true');
    await jest.advanceTimersByTimeAsync(10);
  }
}

/** Follows a promise without leaving a rejection unhandled. */
export function watch<T>(promise: Promise<T>): { value?: T; error?: ParleyError } {
  const outcome: { value?: T; error?: ParleyError } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: ParleyError) => (outcome.error = error),
  );
  return outcome;
}
