import type { ClientPlan, Target } from './load-client';

export interface ConnectOrder {
  target: Target;
  clients: ClientPlan[];
  /** How many connect at the same time; not with `perSecond`. */
  concurrency?: number;
  /** An open schedule: so many begin a second, whatever becomes of the earlier ones. */
  perSecond?: number;
  /** Of this many of 127.0.0.x the connections come. */
  sourceAddresses: number;
}

export interface ConnectReport {
  connected: number;
  failed: Record<string, number>;
  /** From the due time, or from the beginning, to `ready`; encoded. */
  latency: string;
  lag: string;
  seconds: number;
  cpuSeconds: number;
}

/** Who sends into what: a client of this generator by its place, and one of its conversations. */
export interface Lane {
  client: number;
  conversation: string;
}

export interface SendOrder {
  /** Of the whole run, in the keys of its messages. */
  step: number;
  lanes: Lane[];
  /** Messages of this generator a second. */
  perSecond: number;
  /** Of the first message, on the monotonic clock. */
  startMicros: number;
  /** Not measured. */
  warmMs: number;
  measuredMs: number;
  /** How long what is under way may take to arrive afterwards. */
  settleMaxMs: number;
  textBytes: number;
}

export interface SendReport {
  sent: number;
  acked: number;
  refused: Record<string, number>;
  unanswered: number;
  delivered: number;
  /** By arrival, in the measured time. */
  ackedInWindow: number;
  deliveredInWindow: number;
  duplicates: number;
  holes: number;
  strangers: number;
  closed: number;
  ackLatency: string;
  deliveryLatency: string;
  lag: string;
  cpuSeconds: number;
  seconds: number;
  /** [conversation, count, fingerprint] of everything since the connections were made … */
  ackedMarks: [string, number, number][];
  /** … and the same for each client and conversation. */
  deliveredMarks: [string, number, number][];
}

/** What the process of a generator can be asked for. */
export interface GeneratorCalls {
  connect(order: ConnectOrder): Promise<ConnectReport>;
  send(order: SendOrder): Promise<SendReport>;
  /** Ends all connections at once. */
  close(): Promise<void>;
}
