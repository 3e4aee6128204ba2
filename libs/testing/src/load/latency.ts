import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** In milliseconds. */
export interface LatencySummary {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

const highestMicros = 120e6;

/** Latencies between a microsecond and two minutes, exact to three digits; those of several processes are added up, never averaged. */
export class Latency {
  private readonly histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestMicros,
    numberOfSignificantValueDigits: 3,
  });

  static merge(encoded: readonly string[]): Latency {
    const merged = new Latency();
    for (const text of encoded) merged.histogram.add(decodeFromCompressedBase64(text));
    return merged;
  }

  record(micros: number): void {
    this.histogram.recordValue(Math.min(highestMicros, Math.max(1, Math.round(micros))));
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.histogram);
  }

  summary(): LatencySummary {
    const at = (percentile: number): number =>
      this.histogram.totalCount === 0 ? 0 : this.histogram.getValueAtPercentile(percentile) / 1e3;
    return { count: this.histogram.totalCount, p50: at(50), p95: at(95), p99: at(99), max: at(100) };
  }
}
