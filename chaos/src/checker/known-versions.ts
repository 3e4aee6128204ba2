import type { HistoryRecord, Result, Sight } from '../history/history.types';

interface Known {
  version: number;
  deleted: boolean;
}

/** What had been seen of each message, by anybody, at each moment of a run. */
export class KnownVersions {
  private readonly byMessage = new Map<string, (Known & { t: number })[]>();

  constructor(records: readonly HistoryRecord[]) {
    const asked = new Map<number, string>();
    for (const record of records) {
      if (record.type === 'invoke' && 'conversation' in record.call) {
        asked.set(record.op, record.call.conversation);
      } else if (record.type === 'ok') {
        for (const sight of sightsIn(record.result)) this.note(asked.get(record.op) ?? '', sight, record.t);
      } else if (record.type === 'recv' && record.sight !== undefined) {
        this.note(record.conversation, record.sight, record.t);
      }
    }
  }

  /** What was known when something began at `t`. */
  before(conversation: string, message: number, t: number): Known {
    const steps = this.byMessage.get(`${conversation} ${message}`) ?? [];
    return steps.findLast((step) => step.t < t) ?? { version: 0, deleted: false };
  }

  // Only what is new is kept: a message is seen often, and changes a few times.
  private note(conversation: string, { message, version, text }: Sight, t: number): void {
    const name = `${conversation} ${message}`;
    const steps = this.byMessage.get(name) ?? [];
    const last = steps.at(-1) ?? { version: 0, deleted: false };
    const next = { t, version: Math.max(last.version, version), deleted: last.deleted || text === null };
    if (next.version === last.version && next.deleted === last.deleted) return;
    steps.push(next);
    this.byMessage.set(name, steps);
  }
}

/** What an answer tells of messages. */
export function sightsIn(result: Result): Sight[] {
  if ('sights' in result) return result.sights;
  return 'sight' in result ? [result.sight] : [];
}
