import type { HistoryRecord } from '../history/history.types';
import type { StoredEntry } from './final-state.types';

/** The invariants of this checker, by their names in the project's list of promises. */
export const invariants = {
  I1: 'durable: every acknowledged send is stored',
  I2: 'no phantom: every stored message comes from a send that did not fail',
  I3: 'no duplicate: one message per clientMessageId, the same answer to every retry',
  I4: 'total order: seq is dense, and everybody sees the same at each seq, in order',
  I5: 'real-time order: what is sent after an ack comes behind it',
  I6: 'complete: every member has exactly what it may see',
  I7: 'once to the app: nothing is surfaced twice',
  I8: 'gap-free catch-up: pages are contiguous, and together they are the history',
  I9: 'versioned edits: the version of a message rises, and what was deleted never reappears',
  I10: 'read monotonic: how far a user has read never falls, and is never above the head',
  I11: 'unread correct: at rest the counters of the server are a count of the messages',
  I13: 'revocation: nothing reaches or comes from who is not a member',
  I14: 'tenant wall: nothing of one tenant in what goes to another',
  I18: 'liveness: everything is delivered after the last fault, without a reconnect',
} as const;

export type Invariant = keyof typeof invariants;

/** What a violation is about: the witness is made of the records that touch it. */
export interface Subject {
  conversation?: string;
  seq?: number;
  id?: string;
  /** Of a send, together with its user. */
  key?: string;
  user?: string;
  client?: string;
  op?: number;
}

export interface Finding {
  invariant: Invariant;
  /** One sentence. */
  text: string;
  subject: Subject;
}

export interface Violation extends Finding {
  /** The smallest part of the history that shows it, in the order of time. */
  witness: HistoryRecord[];
  stored: StoredEntry[];
}

export interface Verdict {
  ok: boolean;
  /** How many findings there are of each; zero for those that hold. */
  counts: Record<Invariant, number>;
  /** The first few of each invariant. */
  violations: Violation[];
  /** What was judged: a verdict over nothing is worth nothing. */
  judged: {
    sends: number;
    acknowledged: number;
    messages: number;
    deliveries: number;
    wireDuplicates: number;
    trespasses: number;
    /** Looked through for words of other tenants. */
    watchedBytes: number;
    pages: number;
    removals: number;
    bans: number;
    edits: number;
    deletions: number;
    reads: number;
  };
}
