import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { LaunchError } from './launch.error';

/** Writes JSON that only this user may read, whole or not at all. Throws {@link LaunchError} when it cannot be written. */
export function writePrivateJson(file: string, value: unknown): void {
  const fresh = `${file}.new`;
  try {
    writeWhole(fresh, value);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    const why = full ? 'the disk is full' : String(error);
    throw new LaunchError(`The file ${file} cannot be written: ${why}.`, { cause: error });
  }
}

function writeWhole(fresh: string, value: unknown): void {
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What such a file holds, undefined without one. Throws {@link LaunchError} when it cannot be read or is damaged. */
export function readPrivateJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LaunchError(`The file ${file} cannot be read: ${String(error)}.`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LaunchError(
      `The file ${file} is damaged: restore it, or move the data folder away to begin anew.`,
      {
        cause: error,
      },
    );
  }
}
