/** A seq and the id of what stands there. */
export type Place = readonly [seq: number, id: string];

/** What a message said when somebody saw it. */
export interface Sight {
  /** Seq of the message. */
  message: number;
  /** 0 where only its deletion was told. */
  version: number;
  /** As `brief` tells it; null: deleted. */
  text: string | null;
}

/** How far a user had read a conversation when that was told. */
export interface ReadSight {
  conversation: string;
  readSeq: number;
  unread: number;
  lastSeq: number;
}

/** A change of what is there already; `message` is the id of the message. */
export type ChangeCall =
  | { name: 'edit'; conversation: string; message: string; text: string }
  | { name: 'delete'; conversation: string; message: string }
  | { name: 'react'; conversation: string; message: string; key: string }
  | { name: 'unreact'; conversation: string; message: string; key: string }
  /** Without a seq: up to the newest of its moment. */
  | { name: 'read'; conversation: string; seq?: number };

/** What a client, or the back end, asked for. */
export type Call =
  | { name: 'send'; conversation: string; key: string; body: string }
  | ChangeCall
  | { name: 'add'; conversation: string; subject: string }
  | { name: 'remove'; conversation: string; subject: string }
  | { name: 'ban'; conversation: string; subject: string }
  | { name: 'unban'; conversation: string; subject: string }
  /** Something of another tenant. */
  | { name: 'trespass'; conversation: string; what: string }
  /** One page of messages over REST. */
  | { name: 'page'; conversation: string; after: number; limit: number }
  /** What one `sync` asked for one conversation. */
  | { name: 'sync'; conversation: string; after: number }
  | { name: 'heads' };

/** What a successful call answered. */
export type Result =
  | { name: 'send'; id: string; seq: number; duplicate: boolean }
  | { name: 'edit'; sight: Sight }
  | { name: 'delete'; sight: Sight }
  | { name: 'react' }
  | { name: 'unreact' }
  | { name: 'read'; read: ReadSight }
  | { name: 'add' }
  | { name: 'remove'; leftSeq?: number }
  | { name: 'ban' }
  | { name: 'unban' }
  | { name: 'trespass' }
  | { name: 'page'; places: Place[]; sights: Sight[]; next: number | null }
  | {
      name: 'sync';
      places: Place[];
      sights: Sight[];
      head: number;
      more: boolean;
      gapTo?: number;
      left?: number;
    }
  | { name: 'heads'; reads: ReadSight[] };

export type CallName = Call['name'];

interface Timed {
  /** Milliseconds of the run's one monotonic clock. */
  t: number;
}

export interface Invoke extends Timed {
  type: 'invoke';
  op: number;
  client: string;
  user: string;
  call: Call;
}

export interface Ok extends Timed {
  type: 'ok';
  op: number;
  result: Result;
}

/** A definite refusal: nothing was done. */
export interface Fail extends Timed {
  type: 'fail';
  op: number;
  code: string;
}

/** No answer, or one that does not know: it may have been done, or still be done later. */
export interface Unknown extends Timed {
  type: 'unknown';
  op: number;
  reason: string;
}

interface Seen extends Timed {
  client: string;
  user: string;
  conversation: string;
  seq: number;
  /** Empty for `void`. */
  id: string;
  event: string;
  /** Of the message that it is about, where it tells what that says. */
  sight?: Sight;
}

/** An event as it came over the wire, before anything was dropped. */
export interface Received extends Seen {
  type: 'recv';
  via: 'live' | 'sync';
  /** Counts the connections of this client. */
  connection: number;
}

/** An event that the client's own logic gave to the app. */
export interface Applied extends Seen {
  type: 'apply';
}

/** The client was told, or told its app, how far its own user has read. */
export interface ReadTold extends Timed {
  type: 'read';
  via: 'wire' | 'app';
  client: string;
  user: string;
  read: ReadSight;
}

/** The server named a range that it cannot give. */
export interface GapTold extends Timed {
  type: 'gap';
  client: string;
  user: string;
  conversation: string;
  from: number;
  to: number;
}

export interface Connected extends Timed {
  type: 'connect';
  tenant: string;
  client: string;
  user: string;
  connection: number;
}

export interface Disconnected extends Timed {
  type: 'disconnect';
  client: string;
  user: string;
  connection: number;
  reason: string;
}

/** A word of another tenant in what went to the clients of this one. */
export interface Leaked extends Timed {
  type: 'leak';
  tenant: string;
  word: string;
  where: string;
  excerpt: string;
}

/** How much was looked at for such words; `sawOwn`: a word of the tenant itself was found. */
export interface Watched extends Timed {
  type: 'watched';
  tenant: string;
  bytes: number;
  sawOwn: boolean;
}

export interface FaultStarted extends Timed {
  type: 'fault-start';
  fault: number;
  kind: string;
  target: string;
}

export interface FaultEnded extends Timed {
  type: 'fault-end';
  fault: number;
  kind: string;
}

/**
 * `healed`: the last fault is over. `quiet`: every send is settled; from here on no client reconnects, reads heads or sends.
 * `end`: the quiet time is over, everything must be there; what follows only finds out what a reconnect still brings.
 */
export interface Mark extends Timed {
  type: 'mark';
  name: 'healed' | 'quiet' | 'end';
}

export type HistoryRecord =
  | Invoke
  | Ok
  | Fail
  | Unknown
  | Received
  | Applied
  | ReadTold
  | GapTold
  | Connected
  | Disconnected
  | Leaked
  | Watched
  | FaultStarted
  | FaultEnded
  | Mark;
