import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { EmbeddedError, errorCode } from './embedded.error';

const leastFreeBytes = 1024 * 1024;

/** Makes the folder when missing; throws {@link EmbeddedError} with the reason when this user cannot use it. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusableFolder(folder, error);
  }
}

/** Whether so little is left that a server cannot work: what it says of itself may not have fitted into its log. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastFreeBytes;
  } catch {
    return false;
  }
}

/** An unexpected error of the system as one about the folder; anything else stays what it is. */
export function folderError(folder: string, error: unknown): unknown {
  return error instanceof EmbeddedError || errorCode(error) === '' ? error : unusableFolder(folder, error);
}

export function unusableFolder(folder: string, error: unknown): EmbeddedError {
  const reasons: Record<string, string> = {
    EACCES: 'this user may not read and write it',
    EPERM: 'this user may not read and write it',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of that path is a file',
    EEXIST: 'it is a file',
  };
  const reason = reasons[errorCode(error)] ?? String(error);
  return new EmbeddedError(`The data folder ${folder} cannot be used: ${reason}.`, { cause: error });
}
