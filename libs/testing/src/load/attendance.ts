import { setTimeout as delay } from 'node:timers/promises';
import { Attendee } from './attendee';
import { nowMicros } from './clock';
import type { AttendOrder, AttendReport, CutOrder, CutReport } from './generator.types';
import { inLanes } from './lanes';
import { Latency } from './latency';

const retryMs = { from: 500, to: 1_500 } as const;

/** Many clients that follow their conversations over cuts. */
export class Attendance {
  private attendees: Attendee[] = [];

  async begin({ target, clients, concurrency, sourceAddresses }: AttendOrder): Promise<number> {
    this.end();
    this.attendees = clients.map(
      (plan, place) => new Attendee(target, plan, `127.0.0.${2 + (place % sourceAddresses)}`),
    );
    await inLanes(concurrency, clients.length, async (place) => {
      await this.attendees[place]?.connect(() => undefined);
    });
    return this.attendees.length;
  }

  async cut({ withinMs, maxMs }: CutOrder): Promise<CutReport> {
    const caughtUp = new Latency();
    const ready = new Latency();
    const retries: Record<string, number> = {};
    const begun = nowMicros();
    const deadline = begun + maxMs * 1e3;
    let synced = 0;
    for (const attendee of this.attendees) attendee.cut();
    const comeBack = async (attendee: Attendee): Promise<void> => {
      await delay(Math.random() * withinMs);
      while (nowMicros() < deadline) {
        try {
          let readyMicros = 0;
          const events = await attendee.connect(() => (readyMicros = nowMicros()));
          synced += events;
          ready.record(readyMicros - begun);
          return caughtUp.record(nowMicros() - begun);
        } catch (error) {
          const { message } = error as Error;
          retries[message] = (retries[message] ?? 0) + 1;
          await delay(retryMs.from + Math.random() * (retryMs.to - retryMs.from));
        }
      }
    };
    await Promise.all(this.attendees.map(comeBack));
    const returned = caughtUp.summary().count;
    return {
      returned,
      missing: this.attendees.length - returned,
      caughtUp: caughtUp.encode(),
      ready: ready.encode(),
      retries,
      synced,
    };
  }

  report(): AttendReport {
    return {
      repeats: this.attendees.reduce((sum, { repeats }) => sum + repeats, 0),
      marks: this.attendees.flatMap(({ timelines }) =>
        [...timelines].map(([id, { count, print }]): [string, number, number] => [id, count, print]),
      ),
    };
  }

  end(): void {
    for (const attendee of this.attendees) attendee.cut();
    this.attendees = [];
  }
}
