import type { JobDefinition } from '@parley/contracts/internal';
import type { NewJob } from './job-sink';
import type { ClaimedRow } from './outbox.functions';

/**
 * The jobs for claimed rows: those of one job and tenant share one, up to its `batch`. Rows that were queued together
 * before stay together, so that a job that is still waiting is found under the same id and not made twice.
 */
export function jobsFor(rows: readonly ClaimedRow[], definitions: readonly JobDefinition[]): NewJob[] {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  return definitions.flatMap((definition) => {
    const groups = new Map<string, string[]>();
    for (const { tenant_id, id, handlers, queued_before } of sorted) {
      if (!handlers.includes(definition.name)) continue;
      const key = `${tenant_id} ${queued_before?.toISOString() ?? ''}`;
      const ids = groups.get(key);
      if (ids === undefined) groups.set(key, [id]);
      else ids.push(id);
    }
    return [...groups].flatMap(([key, ids]) => {
      const tenantId = key.slice(0, key.indexOf(' '));
      return chunks(ids, definition.batch ?? 1).map((events) => ({
        id: `${events[0]}-${definition.name}`,
        definition,
        data: { tenantId, events },
      }));
    });
  });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
