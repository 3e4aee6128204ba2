import { zipOf } from './zip';

export interface SlackHistorySize {
  /** All messages, replies among them. */
  messages: number;
  users: number;
  channels: number;
}

interface Message {
  type: 'message';
  user: string;
  text: string;
  ts: string;
  thread_ts?: string;
}

type Random = () => number;

// Shares and lengths as counted in a public export of 36,682 messages.
const replyShare = 0.54;
const mentionShare = 0.15;
const linkShare = 0.09;
const entityShare = 0.06;
/** [share of messages, length in characters up to it] */
const lengths = [
  [0, 1],
  [0.1, 22],
  [0.25, 45],
  [0.5, 83],
  [0.75, 148],
  [0.9, 255],
  [0.99, 731],
  [0.999, 1636],
  [1, 3863],
] as const;
const openThreads = 6;
const messagesPerDay = 45;
const firstDay = Date.UTC(2017, 0, 2) / 1000;
const dayS = 24 * 3600;

const words =
  'the a compiler module type with that and for macro list function value how does work in my is it you can not error record naïve → 日本 😀 `map` decode'.split(
    ' ',
  );

/**
 * A Slack export, zipped, of the shape of a real one: a day per file, talk in threads, mentions, links, escaped text of
 * the lengths that people write. The same seed and size give the same bytes.
 */
export function slackHistory(seed: number, size: SlackHistorySize): Buffer {
  const random = mulberry32(seed);
  const users = Array.from({ length: size.users }, (_, n) => slackId('U', n));
  const files: Record<string, string> = {
    'users.json': json(
      users.map((id, n) => ({
        id,
        name: `user${n}`,
        deleted: false,
        is_bot: false,
        profile: { real_name: `User ${n}`, display_name: n % 3 === 0 ? '' : `user ${n}` },
      })),
    ),
  };
  const channels = Array.from({ length: size.channels }, (_, n) => {
    const share = Math.floor(size.messages / size.channels) + (n < size.messages % size.channels ? 1 : 0);
    const members = users.filter(() => random() < 0.7);
    const name = `channel-${n}`;
    for (const [day, messages] of days(channelMessages(random, share, users))) {
      files[`${name}/${day}.json`] = json(messages);
    }
    return {
      id: slackId('C', n),
      name,
      created: firstDay - dayS,
      creator: users[0],
      is_archived: false,
      members,
    };
  });
  files['channels.json'] = json(channels);
  return zipOf(files);
}

function channelMessages(random: Random, count: number, users: string[]): Message[] {
  const messages: Message[] = [];
  const threads: string[] = [];
  let time = firstDay * 1e6;
  for (let n = 0; n < count; n += 1) {
    time += 1 + Math.floor((random() * 2 * dayS * 1e6) / messagesPerDay);
    const digits = String(time);
    const ts = `${digits.slice(0, 10)}.${digits.slice(10)}`;
    const root = threads.length > 0 && random() < replyShare ? pick(random, threads) : undefined;
    const user = pick(random, users);
    messages.push({
      type: 'message',
      user,
      text: text(random, users),
      ts,
      ...(root ? { thread_ts: root } : {}),
    });
    if (root === undefined && threads.push(ts) > openThreads) threads.shift();
  }
  return messages;
}

function text(random: Random, users: string[]): string {
  const length = textLength(random);
  let result = random() < mentionShare ? `<@${pick(random, users)}> ` : '';
  if (random() < linkShare) result += '<https://docs.example.org/guide|docs.example.org/guide> ';
  if (random() < entityShare) result += 'List a -&gt; b &amp; &lt;c&gt; ';
  while (result.length < length) result += `${pick(random, words)} `;
  return result.trim();
}

function textLength(random: Random): number {
  const share = random();
  const above = Math.max(
    lengths.findIndex(([limit]) => share < limit),
    1,
  );
  const [low, from] = lengths[above - 1] ?? lengths[0];
  const [high, to] = lengths[above] ?? lengths[1];
  return Math.round(from + ((share - low) / (high - low)) * (to - from));
}

function days(messages: Message[]): Map<string, Message[]> {
  const result = new Map<string, Message[]>();
  for (const message of messages) {
    const day = new Date(Number(message.ts) * 1000).toISOString().slice(0, 10);
    const known = result.get(day);
    if (known === undefined) result.set(day, [message]);
    else known.push(message);
  }
  return result;
}

const slackId = (letter: string, n: number): string =>
  `${letter}${n.toString(36).toUpperCase().padStart(9, '0')}`;

const json = (value: unknown): string => JSON.stringify(value, null, 1);

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
}

/** A small generator of numbers from 0 to 1 that a seed repeats. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
