import { limits } from '@parley/contracts/wire';
import type { RequestId } from '../connections/connection';
import { isDeeperThan } from './json-depth';

export interface RequestFrame {
  id: RequestId;
  type: unknown;
  data: unknown;
}

const idMaxChars = 64;

/** A frame of `/ws`; undefined for what is no JSON object, or too deep. */
export function readFrame(text: string): RequestFrame | undefined {
  if (isDeeperThan(text, limits.jsonMaxDepth + 1)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { id, type, data } = value as { id?: unknown; type?: unknown; data?: unknown };
  return { id: readId(id), type, data };
}

function readId(id: unknown): RequestId {
  if (typeof id === 'number') return id;
  return typeof id === 'string' && id.length <= idMaxChars ? id : null;
}
