import {
  ParleyClient,
  ParleyError,
  SocketIoTransport,
  type Connection,
  type Transport,
  type TransportHandlers,
} from '@parley/client';
import type { SocketRequestName, SocketRequests, SyncInput, SyncResult } from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { Random } from '../random';
import type { ChaosClient } from './chaos-client';
import { isDurable, TimelineRecorder } from './timeline-recorder';

export interface SdkClientOptions {
  name: string;
  user: string;
  token: string;
  gatewayUrl: string;
}

/** Full jitter over up to 30 s would keep it away for most of a run in which something breaks every few seconds. */
const patience = 0.1;

/** A client of the shipped SDK. Its transport is listened to, so that the SDK's own dropping of duplicates hides nothing. */
export class SdkClient implements ChaosClient {
  readonly name: string;
  readonly user: string;
  private readonly client: ParleyClient;

  constructor(
    options: SdkClientOptions,
    private readonly history: History,
    random: Random,
  ) {
    this.name = options.name;
    this.user = options.user;
    const recorder = new TimelineRecorder(history, this.name, this.user);
    this.client = new ParleyClient({
      url: options.gatewayUrl,
      token: options.token,
      from: 'first',
      pace: { burst: 1_000, perSecond: 1_000 },
      transport: new ListeningTransport(new SocketIoTransport(options.gatewayUrl), recorder, history),
      random: () => random.next() * patience,
    });
    this.client.on('event', (event) => recorder.apply(event));
  }

  get isLive(): boolean {
    return this.client.state === 'live';
  }

  start(): void {
    this.client.connect();
  }

  async send(conversation: string, key: string, body: string): Promise<boolean> {
    const call = this.history.invoke(this.name, this.user, { name: 'send', conversation, key, body });
    try {
      const { message, duplicate } = await this.client.send(conversation, {
        text: body,
        clientMessageId: key,
      });
      call.ok({ name: 'send', id: message.id, seq: message.seq, duplicate });
      return true;
    } catch (error) {
      if (error instanceof ParleyError && !error.retryable && error.code !== 'client.closed')
        call.fail(error.code);
      else call.unknown((error as Error).message);
      return false;
    }
  }

  close(): void {
    this.client.close();
  }
}

class ListeningTransport implements Transport {
  constructor(
    private readonly inner: Transport,
    private readonly recorder: TimelineRecorder,
    private readonly history: History,
  ) {}

  connect(token: string, handlers: TransportHandlers): Connection {
    const { recorder } = this;
    const connection = this.inner.connect(token, {
      opened: () => handlers.opened(),
      event: (name, payload) => {
        if (name === 'ready') recorder.connect();
        else if (isDurable(name, payload)) recorder.receive(payload, 'live');
        handlers.event(name, payload);
      },
      closed: (closing) => {
        recorder.disconnect(closing.kind === 'lost' ? closing.message : closing.error.code);
        handlers.closed(closing);
      },
    });
    return new ListeningConnection(connection, recorder, this.history);
  }
}

class ListeningConnection implements Connection {
  constructor(
    private readonly inner: Connection,
    private readonly recorder: TimelineRecorder,
    private readonly history: History,
  ) {}

  request<N extends SocketRequestName>(
    name: N,
    input: SocketRequests[N]['input'],
    timeoutMs: number,
  ): Promise<SocketRequests[N]['output']> {
    const answer = this.inner.request(name, input, timeoutMs);
    if (name === 'sync') {
      const calls = this.recorder.sync((input as SyncInput).cursors);
      return answer.then(
        (result) => {
          calls.answered((result as SyncResult).conversations);
          return result;
        },
        (error: unknown) => {
          calls.failed((error as Error).message);
          throw error;
        },
      );
    }
    if (name !== 'heads') return answer;
    const call = this.history.invoke(this.recorder.client, this.recorder.user, { name: 'heads' });
    return answer.then(
      (result) => {
        call.ok({ name: 'heads' });
        return result;
      },
      (error: unknown) => {
        call.unknown((error as Error).message);
        throw error;
      },
    );
  }

  close(): void {
    this.recorder.disconnect('closed by the client');
    this.inner.close();
  }
}
