import type {
  BlockChange,
  BusEvent,
  BusEventHeader,
  PresenceChoice,
  PresenceNews,
  Revocation,
  TailMessage,
  TypingChange,
  UserEvent,
} from '@parley/contracts/internal';

/*
 * A letter on the bus is what one process had to say at a time: a line with the process's id, then two lines per message,
 * a header as JSON and the event's JSON as it goes to the clients (empty for what is for the gateways alone: the tail,
 * revocations, blocks, typing, presence). JSON text never contains a bare line feed.
 */

const lineFeed = 0x0a;

interface EventLine {
  t: string;
  c: string;
  seq: number;
  target: number;
  type: string;
  m?: BusEventHeader['membership'];
  only?: string;
}

interface UserLine {
  t: string;
  users: string[];
  type: string;
}

interface TailLine {
  tail: TailMessage;
}

interface RevocationLine {
  revoked: Revocation[];
}

interface BlockLine {
  blocks: BlockChange[];
}

interface TypingLine {
  typing: TypingChange;
}

interface PresenceLine {
  presence: PresenceNews;
}

interface ChoiceLine {
  choice: PresenceChoice;
}

type Line =
  EventLine | UserLine | TailLine | RevocationLine | BlockLine | TypingLine | PresenceLine | ChoiceLine;

/** A message that arrived: its JSON becomes text only when somebody needs it. */
export type BusMessage =
  | { kind: 'event'; event: BusEvent }
  | { kind: 'user'; event: UserEvent }
  | { kind: 'tail'; tail: TailMessage }
  | { kind: 'revocations'; revocations: Revocation[] }
  | { kind: 'blocks'; changes: BlockChange[] }
  | { kind: 'typing'; typing: TypingChange }
  | { kind: 'presence'; presence: PresenceNews }
  | { kind: 'choice'; choice: PresenceChoice };

export function encodeEvent(event: BusEvent): string {
  const line: EventLine = {
    t: event.tenantId,
    c: event.conversationId,
    seq: event.seq,
    target: event.targetSeq,
    type: event.type,
    ...(event.membership === undefined ? {} : { m: event.membership }),
    ...(event.onlyFor === undefined ? {} : { only: event.onlyFor }),
  };
  return `${JSON.stringify(line)}\n${event.json}`;
}

export function encodeUserEvent(event: UserEvent): string {
  const line: UserLine = { t: event.tenantId, users: event.userIds, type: event.type };
  return `${JSON.stringify(line)}\n${event.json}`;
}

export function encodeTail(tail: TailMessage): string {
  return `${JSON.stringify({ tail } satisfies TailLine)}\n`;
}

export function encodeRevocations(revoked: Revocation[]): string {
  return `${JSON.stringify({ revoked } satisfies RevocationLine)}\n`;
}

export function encodeBlockChanges(blocks: BlockChange[]): string {
  return `${JSON.stringify({ blocks } satisfies BlockLine)}\n`;
}

export function encodeTyping(typing: TypingChange): string {
  return `${JSON.stringify({ typing } satisfies TypingLine)}\n`;
}

export function encodePresence(presence: PresenceNews): string {
  return `${JSON.stringify({ presence } satisfies PresenceLine)}\n`;
}

export function encodeChoice(choice: PresenceChoice): string {
  return `${JSON.stringify({ choice } satisfies ChoiceLine)}\n`;
}

/** `from`: the process that sends it. */
export function encodeLetter(from: string, messages: readonly string[]): string {
  return `${from}\n${messages.join('\n')}`;
}

/** The messages of a letter, but for those of `self`; undefined in place of what is no message of ours. */
export function* decodeLetter(letter: Buffer, self: string): Generator<BusMessage | undefined, void, void> {
  let at = letter.indexOf(lineFeed);
  if (at === -1) yield undefined;
  if (at === -1 || letter.toString('latin1', 0, at) === self) return;
  while (at < letter.length) {
    const headerEnd = letter.indexOf(lineFeed, at + 1);
    if (headerEnd === -1) {
      yield undefined;
      return;
    }
    const next = letter.indexOf(lineFeed, headerEnd + 1);
    const bodyEnd = next === -1 ? letter.length : next;
    yield decodeMessage(letter.toString('utf8', at + 1, headerEnd), letter.subarray(headerEnd + 1, bodyEnd));
    at = bodyEnd;
  }
}

function decodeMessage(header: string, body: Buffer): BusMessage | undefined {
  const line = parse(header);
  if (line === undefined) return undefined;
  if ('tail' in line) return { kind: 'tail', tail: line.tail };
  if ('revoked' in line) return { kind: 'revocations', revocations: line.revoked };
  if ('blocks' in line) return { kind: 'blocks', changes: line.blocks };
  if ('typing' in line) return { kind: 'typing', typing: line.typing };
  if ('presence' in line) return { kind: 'presence', presence: line.presence };
  if ('choice' in line) return { kind: 'choice', choice: line.choice };
  return 'users' in line
    ? { kind: 'user', event: new ReceivedUserEvent(line, body) }
    : { kind: 'event', event: new ReceivedEvent(line, body) };
}

type AnyLine = Partial<
  EventLine & UserLine & TailLine & RevocationLine & BlockLine & TypingLine & PresenceLine & ChoiceLine
>;

/** A line is of a kind when it has what that is read by. */
const kinds: readonly ((line: AnyLine) => boolean)[] = [
  ({ tail }) => Array.isArray(tail?.entries),
  ({ revoked }) => Array.isArray(revoked),
  ({ blocks }) => Array.isArray(blocks),
  ({ typing }) => typeof typing?.conversationId === 'string',
  ({ presence }) => Array.isArray(presence?.users),
  ({ choice }) => typeof choice?.userId === 'string',
  ({ t, users, seq }) => typeof t === 'string' && (Array.isArray(users) || Number.isSafeInteger(seq)),
];

function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as AnyLine | null;
    return line !== null && kinds.some((isOf) => isOf(line)) ? (line as Line) : undefined;
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
  readonly onlyFor?: string;

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
    if (line.only !== undefined) this.onlyFor = line.only;
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
