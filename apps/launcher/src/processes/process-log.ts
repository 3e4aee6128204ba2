import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readLogLine } from './log-line';

const keepBytes = 20 * 1024 * 1024;

export interface ProcessLogOptions {
  folder: string;
  process: string;
  /** `problems`: warnings and errors reach the terminal; `all`: everything does. */
  show: 'problems' | 'all';
  print: (line: string) => void;
}

/** What one child prints: everything goes to its file, problems to the terminal too. The file begins anew with every start of the launcher. */
export class ProcessLog {
  readonly file: string;
  /** The last problem that it reported, for the sentence that tells why it did not start. */
  lastProblem = '';
  private stream: WriteStream;
  private bytes = 0;

  constructor(private readonly options: ProcessLogOptions) {
    mkdirSync(options.folder, { recursive: true });
    this.file = join(options.folder, `${options.process}.log`);
    this.stream = this.open();
  }

  follow(readable: Readable, stream: 'stdout' | 'stderr'): void {
    createInterface({ input: readable }).on('line', (line) => this.write(line, stream));
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private write(line: string, stream: 'stdout' | 'stderr'): void {
    this.stream.write(`${line}\n`);
    this.bytes += line.length + 1;
    if (this.bytes > keepBytes) this.rotate();
    const { level, message } = readLogLine(line, stream);
    const problem = level === 'error' || level === 'warn';
    if (problem) this.lastProblem = message;
    if (problem || this.options.show === 'all') {
      this.options.print(`${this.options.process.padEnd(9)} ${level.padEnd(5)} ${message}`);
    }
  }

  /** A long run must not fill the disk: of its log the last two pieces stay. */
  private rotate(): void {
    this.stream.end();
    if (existsSync(this.file) && statSync(this.file).isFile()) renameSync(this.file, `${this.file}.old`);
    this.stream = this.open();
  }

  private open(): WriteStream {
    this.bytes = 0;
    const stream = createWriteStream(this.file, { flags: 'w', mode: 0o600 });
    // A full disk costs the log, not the installation.
    stream.on('error', () => undefined);
    return stream;
  }
}
