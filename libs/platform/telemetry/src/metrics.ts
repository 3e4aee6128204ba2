import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

type Options<C> = Omit<C, 'registers'>;

/** Seconds, from a cached read to a request that somebody complains about. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of one process, in a registry of its own. Names end in their unit: `_seconds`, `_bytes`, `_total`. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(processName: string) {
    this.registry.setDefaultLabels({ process: processName });
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(options: Options<CounterConfiguration<L>>): Counter<L> {
    return new Counter<L>({ ...options, registers: [this.registry] });
  }

  gauge<L extends string = never>(options: Options<GaugeConfiguration<L>>): Gauge<L> {
    return new Gauge<L>({ ...options, registers: [this.registry] });
  }

  /** Without `buckets` it measures durations in seconds. */
  histogram<L extends string = never>(options: Options<HistogramConfiguration<L>>): Histogram<L> {
    return new Histogram<L>({ buckets: durationBuckets, ...options, registers: [this.registry] });
  }

  /** All metrics in the text format of Prometheus. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
