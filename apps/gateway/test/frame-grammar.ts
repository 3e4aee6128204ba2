import { clientFrame } from './raw-line';

/** Numbers from a seed (mulberry32): the same ones every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

const ids = ['', '0', '7', '9007199254740992', '-1', '1e3', '1'.repeat(30)];
const namespaces = ['', '', '', '/,', '/admin,', '/__proto__,', '/a/../b,', '/'];
const names = [
  'ping',
  'heads',
  'sync',
  'message.send',
  'read.mark',
  'error',
  'disconnect',
  '__proto__',
  'constructor',
  '',
];
const atoms = [
  'null',
  'true',
  '0',
  '-0',
  '1e999',
  '9007199254740993',
  '"x"',
  '"\\u0000"',
  '"\\ud800"',
  '{}',
  '[]',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{}}}',
  '{"$ne":null}',
  '{"_placeholder":true,"num":0}',
  '{"conversationId":{"$gt":""},"text":["x"]}',
  '{"cursors":[[1,2]],"epoch":{}}',
  '{"a":',
  ']',
];

function payload(random: Random): string {
  const depth = pick(random, [0, 0, 0, 3, 20, 10_000]);
  const content = pick(random, atoms);
  return '['.repeat(depth) + content + (random() < 0.8 ? ']'.repeat(depth) : '');
}

/** A packet of Socket.IO, more or less. */
function packet(random: Random): string {
  const engineType = pick(random, ['4', '4', '4', '4', '4', '4', '0', '1', '2', '3', '5', '6', 'b', '']);
  const type = pick(random, [
    '0',
    '1',
    '2',
    '2',
    '2',
    '3',
    '4',
    '5',
    '6',
    '51-',
    '5N-',
    '59-',
    '61-',
    '7',
    '',
  ]);
  const event = `[${JSON.stringify(pick(random, names))},${payload(random)}]`;
  const body = pick(random, [event, event, payload(random), '', event.slice(0, -2)]);
  return engineType + type + pick(random, namespaces) + pick(random, ids) + body;
}

/** A request of `/ws`, more or less. */
function request(random: Random): string {
  const id = pick(random, ['1', '"a"', 'null', '{}', '9007199254740992', `"${'i'.repeat(100)}"`]);
  const body = `{"id":${id},"type":${JSON.stringify(pick(random, names))},"data":${payload(random)}}`;
  return pick(random, [body, body, body, payload(random), body.slice(0, -2), '', '{"type":"auth"}']);
}

function spoilt(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return bytes;
  bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes;
}

const pieces = (text: string, count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    clientFrame(index === 0 ? text : 'x', { opcode: index === 0 ? 1 : 0, final: index === count - 1 }),
  );

/** The bytes of one thing that a client should not say; some of them are fine. */
export function badFrame(random: Random, protocol: 'socketIo' | 'webSocket'): Buffer {
  const text = protocol === 'socketIo' ? packet(random) : request(random);
  const kind = Math.floor(random() * 40);
  switch (kind) {
    case 0:
      return clientFrame(spoilt(random, text));
    case 1:
      return clientFrame(text, { final: false });
    case 2:
      return clientFrame(text, { opcode: 0 });
    case 3:
      return clientFrame(text, { opcode: 2 });
    case 4:
      return clientFrame(text.slice(0, 100), { opcode: pick(random, [3, 8, 11, 15]) });
    case 5:
      return Buffer.concat(Array.from({ length: 200 }, () => clientFrame('ping', { opcode: 9 })));
    case 6:
      return clientFrame(Buffer.from([0x34, 0xc3, 0x28, 0xff]));
    case 7:
      return Buffer.concat(pieces(text, 50));
    case 8:
      return clientFrame('x'.repeat(70_000));
    case 9:
      return Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256)));
    default:
      return clientFrame(text);
  }
}

/** A message in so many fragments. */
export function fragments(count: number): Buffer {
  return Buffer.concat(pieces('4', count));
}
