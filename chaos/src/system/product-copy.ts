import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Product } from './installation';

/** One text of a file replaced by another; it must be there exactly once, or the fault would not be where it is meant. */
export interface Patch {
  /** Relative to the repository. */
  file: string;
  find: string;
  replace: string;
}

const repository = join(__dirname, '../../..');
const apps = ['api', 'gateway', 'worker'];

/**
 * The built product in a folder of its own: a build that replaces `dist` meanwhile must not change what a run of minutes starts
 * again, and a planted fault must never be in the real one. Patches of SQL files become statements for the database.
 */
export class ProductCopy implements Product {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-product-'));
  /** Statements besides the patched functions. */
  readonly statements: string[] = [];
  private readonly functions = new Map<string, string>();

  constructor() {
    process.once('exit', this.remove);
    chmodSync(this.folder, 0o755);
    cpSync(join(repository, 'dist'), join(this.folder, 'dist'), { recursive: true });
    for (const shared of ['node_modules', 'prisma']) {
      symlinkSync(join(repository, shared), join(this.folder, shared));
    }
    for (const app of apps) {
      const main = join('dist', 'apps', app, 'src', 'main.js');
      if (!existsSync(join(this.folder, main)))
        throw new Error(`${main} is missing: run npm run build first`);
    }
  }

  get sql(): string[] {
    return [...this.functions.values(), ...this.statements];
  }

  /** @throws Error when the text is not there exactly once */
  apply({ file, find, replace }: Patch): void {
    const isSql = file.endsWith('.sql');
    const place = join(isSql ? repository : this.folder, file);
    const text = this.functions.get(file) ?? readFileSync(place, 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`${file} has this text ${times} times instead of once: ${find}`);
    const patched = text.replace(find, () => replace);
    if (isSql) this.functions.set(file, patched.replace(/CREATE FUNCTION/, 'CREATE OR REPLACE FUNCTION'));
    else writeFileSync(place, patched);
  }

  readonly remove = (): void => {
    process.off('exit', this.remove);
    rmSync(this.folder, { recursive: true, force: true });
  };
}
