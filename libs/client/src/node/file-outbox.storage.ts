import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { OutboxRecord, OutboxStorage } from '../outbox/outbox.storage';
import { lockFile } from './file-lock';
import { OutboxFileError } from './outbox-file.error';
import { applyChange, readLines, writeLine, type Change } from './outbox-lines';

const compactFromBytes = 64 * 1024;

interface Waiting {
  change: Change;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * The outbox in one file of JSON lines, each on the disk before it counts. Only this process may use the file until `close`,
 * and only the user of this system may read it.
 */
export class FileOutboxStorage implements OutboxStorage {
  private readonly waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private closed = false;
  /** True while the file may end in something that was not written to its end. */
  private torn = false;
  /** A file's name is on the disk only after its folder is. */
  private named = false;
  private compactAt = compactFromBytes;

  private constructor(
    private readonly file: string,
    private handle: FileHandle,
    private readonly records: Map<string, OutboxRecord>,
    private bytes: number,
    private readonly unlock: () => Promise<void>,
  ) {}

  /**
   * Opens the file, or makes it and its folder.
   * @throws OutboxFileError when another process has it open, or when it is damaged elsewhere than at its end
   */
  static async open(file: string): Promise<FileOutboxStorage> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const unlock = await lockFile(file);
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, 'a', 0o600);
      const { records, wholeBytes } = readLines(file, await readFile(file, 'utf8'));
      await handle.truncate(wholeBytes);
      return new FileOutboxStorage(file, handle, records, wholeBytes, unlock);
    } catch (error) {
      await handle?.close();
      await unlock();
      throw error;
    }
  }

  async load(): Promise<OutboxRecord[]> {
    await this.writing;
    return [...this.records.values()];
  }

  put(record: OutboxRecord): Promise<void> {
    return this.append({ put: record });
  }

  remove(id: string): Promise<void> {
    return this.append({ removed: id });
  }

  /** Writes what waits, and lets others have the file. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.writing;
    await this.handle.close();
    await this.unlock();
  }

  private append(change: Change): Promise<void> {
    if (this.closed) return Promise.reject(new OutboxFileError(`The outbox ${this.file} is closed.`));
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, resolve, reject });
      this.writing ??= this.writeAll();
    });
  }

  // What comes while the disk works is written together.
  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.write(batch.map(({ change }) => writeLine(change)).join(''));
        for (const { change, resolve } of batch) {
          applyChange(this.records, change);
          resolve();
        }
      } catch (error) {
        const failure = new OutboxFileError(`The outbox ${this.file} cannot be written: ${String(error)}`, {
          cause: error,
        });
        for (const { reject } of batch) reject(failure);
      }
      if (this.bytes >= this.compactAt) await this.compact();
    }
    // In the same turn as the last look at what waits: whatever comes later starts anew.
    this.writing = undefined;
  }

  private async write(text: string): Promise<void> {
    await this.mend();
    this.torn = true;
    try {
      await this.handle.appendFile(text);
      await this.handle.datasync();
      await this.syncName();
    } catch (error) {
      // What is refused must not be found by the next process. Where even this fails, the next write tries again.
      await this.mend().catch(() => undefined);
      throw error;
    }
    this.torn = false;
    this.bytes += Buffer.byteLength(text);
  }

  private async mend(): Promise<void> {
    if (!this.torn) return;
    await this.handle.truncate(this.bytes);
    this.torn = false;
  }

  private async syncName(): Promise<void> {
    // Windows opens no folders, and needs none for this.
    if (this.named || process.platform === 'win32') return;
    const folder = await open(path.dirname(this.file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    this.named = true;
  }

  /** Writes the file anew with what still waits. */
  private async compact(): Promise<void> {
    const draft = `${this.file}.next`;
    const text = [...this.records.values()].map((record) => writeLine({ put: record })).join('');
    let handle: FileHandle | undefined;
    try {
      await rm(draft, { force: true });
      handle = await open(draft, 'ax', 0o600);
      await handle.appendFile(text);
      await handle.datasync();
      await rename(draft, this.file);
      this.named = false;
      const old = this.handle;
      [this.handle, handle] = [handle, undefined];
      this.bytes = Buffer.byteLength(text);
      this.torn = false;
      await old.close();
    } catch {
      // The long file is as good as before.
      await handle?.close().catch(() => undefined);
    }
    this.compactAt = Math.max(compactFromBytes, this.bytes * 2);
  }
}
