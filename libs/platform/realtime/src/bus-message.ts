import type {
  BusEvent,
  BusEventHeader,
  Revocation,
  TailMessage,
  UserEvent,
} from '@parley/contracts/internal';

/*
 * A message on the bus is a header as one line of JSON, a line feed, and the event's JSON as it goes to the clients.
 * JSON text never contains a bare line feed, so the first one ends the header. What is for the gateways alone (the tail,
 * revocations) is all header.
 */

const lineFeed = 0x0a;

interface EventLine {
  /** The process that sent it. */
  from: string;
  t: string;
  c: string;
  seq: number;
  target: number;
  type: string;
  m?: BusEventHeader['membership'];
}

interface UserLine {
  from: string;
  t: string;
  users: string[];
  type: string;
}

interface TailLine {
  from: string;
  tail: TailMessage;
}

interface RevocationLine {
  from: string;
  revoked: Revocation[];
}

type Line = EventLine | UserLine | TailLine | RevocationLine;

/** A message that arrived: its JSON becomes text only when somebody needs it. */
export type BusMessage = { from: string } & (
  | { kind: 'event'; event: BusEvent }
  | { kind: 'user'; event: UserEvent }
  | { kind: 'tail'; tail: TailMessage }
  | { kind: 'revocations'; revocations: Revocation[] }
);

export function encodeEvent(from: string, event: BusEvent): string {
  const line: EventLine = {
    from,
    t: event.tenantId,
    c: event.conversationId,
    seq: event.seq,
    target: event.targetSeq,
    type: event.type,
    ...(event.membership === undefined ? {} : { m: event.membership }),
  };
  return `${JSON.stringify(line)}\n${event.json}`;
}

export function encodeUserEvent(from: string, event: UserEvent): string {
  const line: UserLine = { from, t: event.tenantId, users: event.userIds, type: event.type };
  return `${JSON.stringify(line)}\n${event.json}`;
}

export function encodeTail(from: string, tail: TailMessage): string {
  return `${JSON.stringify({ from, tail } satisfies TailLine)}\n`;
}

export function encodeRevocations(from: string, revoked: Revocation[]): string {
  return `${JSON.stringify({ from, revoked } satisfies RevocationLine)}\n`;
}

/** Undefined for what is no message of ours. */
export function decodeMessage(message: Buffer): BusMessage | undefined {
  const end = message.indexOf(lineFeed);
  if (end === -1) return undefined;
  const line = parse(message.toString('utf8', 0, end));
  if (line === undefined) return undefined;
  if ('tail' in line) return { from: line.from, kind: 'tail', tail: line.tail };
  if ('revoked' in line) return { from: line.from, kind: 'revocations', revocations: line.revoked };
  const body = message.subarray(end + 1);
  return 'users' in line
    ? { from: line.from, kind: 'user', event: new ReceivedUserEvent(line, body) }
    : { from: line.from, kind: 'event', event: new ReceivedEvent(line, body) };
}

function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<EventLine & UserLine & TailLine & RevocationLine> | null;
    const complete =
      Array.isArray(line?.tail?.entries) ||
      Array.isArray(line?.revoked) ||
      (typeof line?.t === 'string' && (Array.isArray(line.users) || Number.isSafeInteger(line.seq)));
    return complete ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

class ReceivedEvent implements BusEvent {
  readonly tenantId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly targetSeq: number;
  readonly type: string;
  readonly membership?: BusEventHeader['membership'];

  constructor(
    line: EventLine,
    private readonly body: Buffer,
  ) {
    this.tenantId = line.t;
    this.conversationId = line.c;
    this.seq = line.seq;
    this.targetSeq = line.target;
    this.type = line.type;
    if (line.m !== undefined) this.membership = line.m;
  }

  get json(): string {
    return this.body.toString();
  }
}

class ReceivedUserEvent implements UserEvent {
  readonly tenantId: string;
  readonly userIds: string[];
  readonly type: string;

  constructor(
    line: UserLine,
    private readonly body: Buffer,
  ) {
    this.tenantId = line.t;
    this.userIds = line.users;
    this.type = line.type;
  }

  get json(): string {
    return this.body.toString();
  }
}
