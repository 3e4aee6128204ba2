import type { JobDefinition } from '@parley/contracts/internal';
import type { NewJob } from './job-sink';
import type { ClaimedRow } from './outbox.functions';

/**
 * The jobs for claimed rows: those of one job and tenant share one, up to its `batch` of messages. Rows that were queued together
 * before stay together, so that a job that is still waiting is found under the same id and not made twice.
 */
export function jobsFor(rows: readonly ClaimedRow[], definitions: readonly JobDefinition[]): NewJob[] {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  return definitions.flatMap((definition) => {
    const groups = new Map<string, ClaimedRow[]>();
    for (const row of sorted) {
      if (!row.handlers.includes(definition.name)) continue;
      const key = `${row.tenant_id} ${row.queued_before?.toISOString() ?? ''}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return [...groups].flatMap(([key, group]) => {
      const tenantId = key.slice(0, key.indexOf(' '));
      return chunks(group, definition.batch ?? 1).map((events) => ({
        id: `${events[0]}-${definition.name}`,
        definition,
        data: { tenantId, events },
      }));
    });
  });
}

/** Ids of rows that have `size` messages together at most; a row that has more is alone. */
function chunks(rows: readonly ClaimedRow[], size: number): string[][] {
  const found: string[][] = [];
  let room = 0;
  for (const row of rows) {
    if (row.size > room) {
      found.push([]);
      room = size;
    }
    found.at(-1)?.push(row.id);
    room -= row.size;
  }
  return found;
}
