import { accessSync, constants, mkdirSync } from 'node:fs';
import { EmbeddedError, errorCode } from './embedded.error';

/** Makes the folder when missing; throws {@link EmbeddedError} with the reason when this user cannot use it. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusableFolder(folder, error);
  }
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
