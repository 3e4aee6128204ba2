import {
  ParleyClient,
  ParleyError,
  SocketIoTransport,
  type Connection,
  type Transport,
  type TransportHandlers,
} from '@parley/client';
import type {
  HeadsResult,
  ReadState,
  SocketRequestName,
  SocketRequests,
  SyncInput,
  SyncResult,
} from '@parley/contracts/wire';
import type { History } from '../history/history';
import type { ChangeCall, Place, Result } from '../history/history.types';
import { readSight, sightOf } from '../history/sight';
import type { Random } from '../random';
import type { ChaosClient } from './chaos-client';
import { isDurable, ownReadState, TimelineRecorder } from './timeline-recorder';

export interface SdkClientOptions {
  name: string;
  user: string;
  tenant: string;
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
    const recorder = new TimelineRecorder(history, this.name, this.user, options.tenant);
    this.client = new ParleyClient({
      url: options.gatewayUrl,
      token: options.token,
      from: 'first',
      pace: { burst: 1_000, perSecond: 1_000 },
      transport: new ListeningTransport(new SocketIoTransport(options.gatewayUrl), recorder, history),
      random: () => random.next() * patience,
    });
    this.client.on('event', (event) => recorder.apply(event));
    const markers = new Map<string, number>();
    this.client.on('unread', (state: ReadState) => {
      // Every message of others is another count: only where the marker stands is of interest.
      if (markers.get(state.conversationId) === state.readSeq) return;
      markers.set(state.conversationId, state.readSeq);
      recorder.read('app', state);
    });
  }

  get isLive(): boolean {
    return this.client.state === 'live';
  }

  start(): void {
    this.client.connect();
  }

  async send(conversation: string, key: string, body: string): Promise<Place | undefined> {
    const call = this.history.invoke(this.name, this.user, { name: 'send', conversation, key, body });
    try {
      const { message, duplicate } = await this.client.send(conversation, {
        text: body,
        clientMessageId: key,
      });
      call.ok({ name: 'send', id: message.id, seq: message.seq, duplicate });
      return [message.seq, message.id];
    } catch (error) {
      if (error instanceof ParleyError && !error.retryable && error.code !== 'client.closed')
        call.fail(error.code);
      else call.unknown((error as Error).message);
      return undefined;
    }
  }

  async change(call: ChangeCall): Promise<boolean> {
    const open = this.history.invoke(this.name, this.user, call);
    try {
      open.ok(await this.ask(call));
      return true;
    } catch (error) {
      // It repeats by itself: what is refused in the end may have been done by an earlier attempt.
      open.unknown((error as Error).message);
      return false;
    }
  }

  close(): void {
    this.client.close();
  }

  private async ask(call: ChangeCall): Promise<Result> {
    const { client } = this;
    switch (call.name) {
      case 'edit': {
        const { message } = await client.edit(call.conversation, call.message, { text: call.text });
        return { name: 'edit', sight: sightOf(message) };
      }
      case 'delete':
        return {
          name: 'delete',
          sight: sightOf((await client.delete(call.conversation, call.message)).message),
        };
      case 'react':
        await client.react(call.conversation, call.message, call.key);
        return { name: 'react' };
      case 'unreact':
        await client.unreact(call.conversation, call.message, call.key);
        return { name: 'unreact' };
      case 'read':
        return { name: 'read', read: readSight(await client.markRead(call.conversation, call.seq)) };
    }
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
        const read = ownReadState(name, payload);
        if (read !== undefined) recorder.read('wire', read);
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
        call.ok({ name: 'heads', reads: (result as HeadsResult).heads.map(readSight) });
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
