import type { Response } from 'express';

/** A body whose status depends on what was done. */
export function answer<T>(response: Response, status: number, body: T): T {
  response.status(status);
  return body;
}
