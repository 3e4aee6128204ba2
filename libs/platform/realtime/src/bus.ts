import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type {
  BlockChange,
  BusEvent,
  PresenceChoice,
  PresenceNews,
  Revocation,
  TailMessage,
  TypingChange,
  UserEvent,
} from '@parley/contracts/internal';
import type { RedisConnections } from '@parley/platform/redis';
import type { Log, Metrics } from '@parley/platform/telemetry';
import { BusSender } from './bus-sender';
import {
  decodeLetter,
  encodeBlockChanges,
  encodeChoice,
  encodeEvent,
  encodePresence,
  encodeRevocations,
  encodeTail,
  encodeTyping,
  encodeUserEvent,
  type BusMessage,
} from './bus-message';

/** What a process does with what others committed. */
export interface BusListener {
  event(event: BusEvent): void;
  userEvent(event: UserEvent): void;
  tail(tail: TailMessage): void;
  revocations(revocations: Revocation[]): void;
  blockChanges(changes: BlockChange[]): void;
  typing(change: TypingChange): void;
  presence(news: PresenceNews): void;
  choice(choice: PresenceChoice): void;
}

/** How often a silent subscription is probed, in milliseconds. */
const probeEveryMs = 5_000;

/** One Redis channel between all processes of the installation: best effort, recorded nowhere. */
export class Bus {
  /** Names this process in what it sends, so that it passes over its own messages. */
  private readonly id = randomUUID();
  private readonly sender: BusSender;
  private readonly dropped;
  private readonly received;
  private probe: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: RedisConnections,
    private readonly channel: string,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.dropped = metrics.counter({
      name: 'bus_dropped_total',
      help: 'Messages that were not sent on the bus, because Redis was away or too slow.',
    });
    this.received = metrics.counter({
      name: 'bus_received_total',
      help: 'Messages of other processes on the bus.',
    });
    this.sender = new BusSender(connections.open('bus'), channel, this.id, (count) =>
      this.dropped.inc(count),
    );
  }

  publish(events: readonly BusEvent[]): void {
    for (const event of events) this.sender.send(encodeEvent(event));
  }

  publishToUsers(event: UserEvent): void {
    this.sender.send(encodeUserEvent(event));
  }

  publishTail(tail: TailMessage): void {
    this.sender.send(encodeTail(tail));
  }

  publishRevocations(revocations: Revocation[]): void {
    this.sender.send(encodeRevocations(revocations));
  }

  publishBlockChanges(changes: BlockChange[]): void {
    this.sender.send(encodeBlockChanges(changes));
  }

  publishTyping(change: TypingChange): void {
    this.sender.send(encodeTyping(change));
  }

  publishPresence(news: PresenceNews): void {
    this.sender.send(encodePresence(news));
  }

  publishChoice(choice: PresenceChoice): void {
    this.sender.send(encodeChoice(choice));
  }

  /** Hands every message of other processes to the listener, from now on, also after Redis was away. Call it once. */
  subscribe(listener: BusListener): void {
    const redis = this.connections.open('bus-subscriber');
    if (redis === undefined) return;
    redis.on('messageBuffer', (_channel: Buffer, letter: Buffer) => this.receive(letter, listener));
    redis.on('ready', () => void this.listen(redis));
    // A subscription that went silent without an error would otherwise look like a quiet installation.
    this.probe = setInterval(() => {
      if (redis.status === 'ready') redis.ping().catch(() => redis.disconnect(true));
    }, probeEveryMs).unref();
  }

  close(): void {
    clearInterval(this.probe);
  }

  private async listen(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(this.channel);
      this.sender.listens = true;
    } catch (error) {
      this.log.warn('bus.subscribe_failed', { error });
      redis.disconnect(true);
    }
  }

  private receive(letter: Buffer, listener: BusListener): void {
    // What throws here would end the process, and one bad message must not.
    try {
      for (const message of decodeLetter(letter, this.id)) {
        if (message === undefined) continue;
        this.received.inc();
        deliver(message, listener);
      }
    } catch (error) {
      this.log.error('bus.message_failed', { error });
    }
  }
}

function deliver(message: BusMessage, listener: BusListener): void {
  switch (message.kind) {
    case 'event':
      return listener.event(message.event);
    case 'user':
      return listener.userEvent(message.event);
    case 'tail':
      return listener.tail(message.tail);
    case 'revocations':
      return listener.revocations(message.revocations);
    case 'blocks':
      return listener.blockChanges(message.changes);
    case 'typing':
      return listener.typing(message.typing);
    case 'presence':
      return listener.presence(message.presence);
    case 'choice':
      return listener.choice(message.choice);
  }
}
