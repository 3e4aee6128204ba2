import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const shown = 40;
// Loading and compiling is no work of a gateway that serves.
const startMicros = 5e6;

/** What V8 saw of the gateways of a run; they write it when they end. */
export class GatewayProfile {
  private constructor(readonly folder: string) {}

  static begin(): GatewayProfile {
    return new GatewayProfile(mkdtempSync(join(tmpdir(), 'parley-profile-')));
  }

  /** The functions with the most time of their own, as lines. */
  describe(): string {
    const self = new Map<string, number>();
    let total = 0;
    for (const file of readdirSync(this.folder)) {
      const profile = JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as CpuProfile;
      const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
      let age = 0;
      for (const [at, id] of profile.samples.entries()) {
        const micros = profile.timeDeltas[at] ?? 0;
        age += micros;
        const name = names.get(id) ?? '';
        if (age < startMicros || name === '(idle)') continue;
        self.set(name, (self.get(name) ?? 0) + micros);
        total += micros;
      }
    }
    const top = [...self].sort(([, a], [, b]) => b - a).slice(0, shown);
    const lines = top.map(
      ([name, micros]) => `${((micros / total) * 100).toFixed(1).padStart(6)} %  ${name}`,
    );
    return [`self time of the gateway, ${(total / 1e6).toFixed(1)} s of CPU`, ...lines].join('\n');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: CpuProfile['nodes'][number]): string {
  const place = url.replace(/^.*\/(node_modules|dist)\//, '');
  return `${functionName || '(anonymous)'}${place === '' ? '' : `  ${place}:${lineNumber + 1}`}`;
}
