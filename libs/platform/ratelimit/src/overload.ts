import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Metrics } from '@parley/platform/telemetry';

const sampleEveryMs = 500;
/** Each look wakes an idle process up. */
const resolutionMs = 50;
/** The loop's p99 delay, in milliseconds, over which a sample counts as late (F37). */
const lateMs = 200;
/** So many late samples in a row are an overload; the first one in time ends it. */
const lateSamples = 6;
/** What a refused client is told to wait at least, in milliseconds. */
const retryAfterMs = 1_000;

/** Whether this process has so much to do that new work should go elsewhere or come later. */
export class Overload {
  private readonly delay: IntervalHistogram | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private late = 0;

  /** `watch: false` is for whoever feeds the samples. */
  constructor(metrics: Metrics, { watch = true } = {}) {
    const isOverloaded = (): boolean => this.isOverloaded;
    metrics.gauge({
      name: 'process_overloaded',
      help: '1 while new connections and sends are put off because the event loop is late.',
      collect() {
        this.set(isOverloaded() ? 1 : 0);
      },
    });
    if (!watch) return;
    this.delay = monitorEventLoopDelay({ resolution: resolutionMs });
    this.delay.enable();
    this.timer = setInterval(() => this.read(), sampleEveryMs).unref();
  }

  get isOverloaded(): boolean {
    return this.late >= lateSamples;
  }

  /** Milliseconds after which to try again: spread, so that those who were put off do not come back at once. */
  retryAfterMs(): number {
    return retryAfterMs + Math.round(Math.random() * retryAfterMs);
  }

  /** Takes the p99 delay of the last half second, in milliseconds. */
  sample(p99Ms: number): void {
    this.late = p99Ms > lateMs ? this.late + 1 : 0;
  }

  close(): void {
    clearInterval(this.timer);
    this.delay?.disable();
  }

  private read(): void {
    if (this.delay === undefined) return;
    // The histogram is of the time between two looks: a loop that is never late shows the resolution.
    this.sample(this.delay.percentile(99) / 1e6 - resolutionMs);
    this.delay.reset();
  }
}
