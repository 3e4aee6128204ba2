import { Injectable } from '@nestjs/common';
import type { BusEvent } from '@parley/contracts/internal';
import { Metrics } from '@parley/platform/telemetry';
import { Timeline, busEvent, type Range } from '@parley/domain/timeline';

/** Events that one query may bring. */
const queryMaxEvents = 2_000;

interface Wanted {
  range: Range;
  resolve: (events: BusEvent[]) => void;
  reject: (error: unknown) => void;
}

/** Reads the holes of all conversations of a tenant that come up in the same turn of the event loop by one query. */
@Injectable()
export class RepairReader {
  private readonly waiting = new Map<string, Wanted[]>();
  private readonly repairs;

  constructor(
    private readonly timeline: Timeline,
    metrics: Metrics,
  ) {
    this.repairs = metrics.counter({ name: 'repairs_total', help: 'Holes that were read from PostgreSQL.' });
  }

  read(tenantId: string, range: Range): Promise<BusEvent[]> {
    this.repairs.inc();
    return new Promise((resolve, reject) => {
      const wanted = this.waiting.get(tenantId);
      if (wanted !== undefined) return void wanted.push({ range, resolve, reject });
      this.waiting.set(tenantId, [{ range, resolve, reject }]);
      setImmediate(() => this.flush(tenantId));
    });
  }

  private flush(tenantId: string): void {
    const wanted = this.waiting.get(tenantId) ?? [];
    this.waiting.delete(tenantId);
    let batch: Wanted[] = [];
    let events = 0;
    for (const each of wanted) {
      const size = each.range.to - each.range.from + 1;
      // An answer that the limit cuts short would look like a hole that cannot be filled.
      if (events + size > queryMaxEvents) {
        void this.query(tenantId, batch, events);
        batch = [];
        events = 0;
      }
      batch.push(each);
      events += size;
    }
    void this.query(tenantId, batch, events);
  }

  private async query(tenantId: string, batch: Wanted[], limit: number): Promise<void> {
    if (batch.length === 0) return;
    try {
      const events = await this.timeline.ranges(
        tenantId,
        batch.map(({ range }) => range),
        limit,
      );
      const byConversation = new Map<string, BusEvent[]>(
        batch.map(({ range }) => [range.conversationId, []]),
      );
      for (const event of events) byConversation.get(event.conversationId)?.push(busEvent(tenantId, event));
      for (const { range, resolve } of batch) resolve(byConversation.get(range.conversationId) ?? []);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
