import { cpuSeconds, memoryBytes, nowMicros } from '@parley/testing/load';
import type { Subject } from '../subjects/subject.types';

/** CPU seconds that each part of a subject has used between two moments. */
export interface UsedCpu {
  seconds: number;
  byPart: Record<string, number>;
  total: number;
}

export class CpuWindow {
  private begun = { at: 0, byPart: {} as Record<string, number> };
  private ended = { at: 0, byPart: {} as Record<string, number> };

  constructor(private readonly subject: Subject) {}

  begin(): void {
    this.begun = this.read();
  }

  end(): void {
    this.ended = this.read();
  }

  used(): UsedCpu {
    const byPart = Object.fromEntries(
      Object.entries(this.ended.byPart).map(([part, value]) => [
        part,
        value - (this.begun.byPart[part] ?? 0),
      ]),
    );
    const total = Object.values(byPart).reduce((sum, value) => sum + value, 0);
    return { seconds: (this.ended.at - this.begun.at) / 1e6, byPart, total };
  }

  private read(): { at: number; byPart: Record<string, number> } {
    const parts = Object.entries(this.subject.processes);
    return {
      at: nowMicros(),
      byPart: Object.fromEntries(parts.map(([part, pid]) => [part, cpuSeconds(pid)])),
    };
  }
}

/** Memory of each part, in bytes. */
export function memoryOf(subject: Subject): Record<string, number> {
  const parts = Object.entries(subject.processes);
  return Object.fromEntries(parts.map(([part, pid]) => [part, memoryBytes(pid)]));
}

export function sumOf(byPart: Record<string, number>): number {
  return Object.values(byPart).reduce((sum, value) => sum + value, 0);
}
