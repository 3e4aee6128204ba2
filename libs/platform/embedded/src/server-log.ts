import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';

const keepBytes = 10 * 1024 * 1024;

/** The log of one server run: appended to the file, which is set aside once when it has grown large. */
export class ServerLog {
  private constructor(
    readonly file: string,
    readonly descriptor: number,
    private readonly start: number,
  ) {}

  static open(file: string): ServerLog {
    if (existsSync(file) && statSync(file).size > keepBytes) renameSync(file, `${file}.old`);
    const descriptor = openSync(file, 'a', 0o600);
    return new ServerLog(file, descriptor, statSync(file).size);
  }

  /** What this run has printed so far. */
  text(): string {
    return readFileSync(this.file).subarray(this.start).toString('utf8');
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
