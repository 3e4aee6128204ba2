import type { Target } from './framed-socket';
import type { ClientPlan } from './load-client';

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

/** A conversation, how many messages, and the sum of their fingerprints. */
export type Mark = [conversation: string, count: number, print: number];

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

/** What happened in a step, of one process or of all together. */
export interface SendCounts {
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
  /** [conversation, count, fingerprint] of everything since the connections were made. */
  ackedMarks: Mark[];
}

export interface SendReport extends SendCounts {
  ackLatency: string;
  deliveryLatency: string;
  lag: string;
  cpuSeconds: number;
  seconds: number;
  /** The same as `ackedMarks` for each client and conversation. */
  deliveredMarks: Mark[];
}

export interface AttendOrder {
  target: Target;
  clients: ClientPlan[];
  concurrency: number;
  sourceAddresses: number;
}

export interface CutOrder {
  /** Each comes back at a random time within this. */
  withinMs: number;
  /** Who is not caught up by then does not count as back. */
  maxMs: number;
}

export interface CutReport {
  returned: number;
  missing: number;
  /** From the cut until caught up, and until `ready`; encoded. */
  caughtUp: string;
  ready: string;
  /** Attempts that failed on the way, by reason. */
  retries: Record<string, number>;
  /** Events that came by `sync`. */
  synced: number;
}

export interface AttendReport {
  /** Events that a client already had. */
  repeats: number;
  /** [conversation, count, fingerprint] of what was applied, for each client. */
  marks: Mark[];
}

export interface StallOrder {
  target: Target;
  clients: ClientPlan[];
  sourceAddresses: number;
  /** Undefined: all that comes. */
  bytesPerSecond?: number | undefined;
}

export interface StallReport {
  open: number;
  /** Ended by the server. */
  closed: number;
}

/** What the process of a generator can be asked for. */
export interface GeneratorCalls {
  connect(order: ConnectOrder): Promise<ConnectReport>;
  send(order: SendOrder): Promise<SendReport>;
  /** Clients that follow their conversations by the protocol, over cuts; how many are there. */
  attend(order: AttendOrder): Promise<number>;
  /** Ends their connections at once; resolves when all are back and caught up, or `maxMs` are over. */
  cut(order: CutOrder): Promise<CutReport>;
  attended(order: undefined): Promise<AttendReport>;
  /** Clients that get ready and then hardly read. */
  stall(order: StallOrder): Promise<StallReport>;
  stalled(order: undefined): Promise<StallReport>;
  /** Ends all connections at once. */
  close(order: undefined): Promise<void>;
}
