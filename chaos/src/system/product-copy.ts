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
  /** Statements besides the patched functions. */
  readonly statements: string[] = [];
  private readonly patched = new Map<string, string>();
  private copied: string | undefined;

  /** Copied when it is first asked for: with the patches that were applied until then. */
  get folder(): string {
    this.copied ??= this.copy();
    return this.copied;
  }

  get sql(): string[] {
    const functions = [...this.patched].filter(([file]) => isSql(file));
    return [
      ...functions.map(([, text]) => text.replace(/CREATE (FUNCTION|VIEW)/, 'CREATE OR REPLACE $1')),
      ...this.statements,
    ];
  }

  /** @throws Error when the text is not there exactly once, or when the copy is made already */
  apply({ file, find, replace }: Patch): void {
    if (this.copied !== undefined) throw new Error(`it is too late to patch ${file}`);
    const text = this.patched.get(file) ?? readFileSync(join(repository, file), 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`${file} has this text ${times} times instead of once: ${find}`);
    this.patched.set(
      file,
      text.replace(find, () => replace),
    );
  }

  readonly remove = (): void => {
    process.off('exit', this.remove);
    if (this.copied !== undefined) rmSync(this.copied, { recursive: true, force: true });
  };

  private copy(): string {
    const folder = mkdtempSync(join(tmpdir(), 'parley-product-'));
    process.once('exit', this.remove);
    chmodSync(folder, 0o755);
    cpSync(join(repository, 'dist'), join(folder, 'dist'), { recursive: true });
    for (const shared of ['node_modules', 'prisma']) {
      symlinkSync(join(repository, shared), join(folder, shared));
    }
    for (const app of apps) {
      const main = join('dist', 'apps', app, 'src', 'main.js');
      if (!existsSync(join(folder, main))) throw new Error(`${main} is missing: run npm run build first`);
    }
    for (const [file, text] of this.patched) if (!isSql(file)) writeFileSync(join(folder, file), text);
    return folder;
  }
}

function isSql(file: string): boolean {
  return file.endsWith('.sql');
}
