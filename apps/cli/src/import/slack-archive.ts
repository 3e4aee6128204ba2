import { open, type Entry, type ZipFile } from 'yauzl';
import { SlackFileError } from './slack-file.error';

/** An entry is held in memory whole: a day of one channel is far below it, a zip bomb is not. */
const entryMaxBytes = 64 * 1024 * 1024;
const maxEntries = 1_000_000;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A zip file that is read entry by entry, in any order, and never unpacked to disk. */
export class SlackArchive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws SlackFileError where this is no readable zip file */
  static async open(path: string): Promise<SlackArchive> {
    const zip = await openZip(path);
    try {
      return new SlackArchive(zip, await listEntries(zip));
    } catch (error) {
      zip.close();
      throw asFileError(path, error);
    }
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** The whole text of one entry. @throws SlackFileError when it is missing, too large, damaged or not UTF-8 */
  async read(name: string): Promise<string> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new SlackFileError(name, 'is missing in the export');
    if (entry.uncompressedSize > entryMaxBytes) {
      throw new SlackFileError(name, `is larger than ${entryMaxBytes / 1024 / 1024} MiB`);
    }
    let bytes: Buffer;
    try {
      bytes = await readEntry(this.zip, entry);
    } catch (error) {
      throw asFileError(name, error);
    }
    try {
      return decoder.decode(bytes);
    } catch {
      throw new SlackFileError(name, 'is not text in UTF-8');
    }
  }

  close(): void {
    this.zip.close();
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(asFileError(path, error));
    });
  });
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    if (zip.entryCount > maxEntries) throw new Error(`it has more than ${maxEntries} entries`);
    zip.on('entry', (entry: Entry) => {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });
}

// The reader compares the declared size with what comes out, so the bound on the declared size holds.
function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => resolve(Buffer.concat(chunks)));
      stream.once('error', reject);
    });
  });
}

function asFileError(file: string, error: unknown): SlackFileError {
  if (error instanceof SlackFileError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new SlackFileError(file, 'does not exist');
    case 'EACCES':
      return new SlackFileError(file, 'may not be read by this user');
    case 'EISDIR':
      return new SlackFileError(file, 'is a folder; give the zip file of the export');
    default:
      return new SlackFileError(file, `cannot be read as a zip file (${message})`);
  }
}
