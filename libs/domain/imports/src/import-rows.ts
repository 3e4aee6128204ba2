import type { ImportMessageDto } from '@parley/contracts/dto';
import { bodyHash, type ImportOutcome, type ImportRow } from '@parley/domain/timeline';

interface ImportRows {
  rows: ImportRow[];
  /** Messages whose name stands in the page already; `i` is the place of the first in `rows`. */
  repeated: ImportOutcome[];
}

/** Messages of one conversation as the timeline takes them: no name twice. */
export function importRows(messages: ImportMessageDto[], key: Buffer): ImportRows {
  const places = new Map<string, number>();
  const result: ImportRows = { rows: [], repeated: [] };
  for (const message of messages) {
    const row = importRow(message, key);
    // A clientMessageId holds no line break.
    const name = `${row.k}\n${row.s}`;
    const place = places.get(name);
    if (place === undefined) {
      places.set(name, result.rows.push(row) - 1);
    } else {
      const same = result.rows[place]?.h === row.h;
      result.repeated.push({ i: place, outcome: same ? 'duplicate' : 'key_conflict' });
    }
  }
  return result;
}

function importRow(message: ImportMessageDto, key: Buffer): ImportRow {
  const { text, mentions, metadata, threadRoot } = message;
  return {
    s: message.sender,
    k: message.clientMessageId,
    // Without the thread: the seq of its root, which a body hash holds, is not known before the page is written.
    h: bodyHash(key, { kind: 'text', text, mentions, metadata }),
    t: text,
    at: new Date(message.at).toISOString(),
    rs: threadRoot?.sender,
    rk: threadRoot?.clientMessageId,
    m: mentions,
    md: metadata,
  };
}
