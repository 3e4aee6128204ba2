import type { ErrorIssue } from '@parley/contracts/wire';

/** What a caller can make use of; the rest of a hopeless request is not described. */
export const maxIssues = 20;
const maxPathChars = 200;

export const said = {
  unknown: 'is not a known field',
  required: 'is required',
  object: 'must be an object',
  list: 'must be a list',
} as const;

/** The first issue of each path, in the order in which they were found; unknown names are cut, they are the caller's text. */
export function tidyIssues(found: Iterable<ErrorIssue>): ErrorIssue[] {
  const byPath = new Map<string, ErrorIssue>();
  for (const issue of found) {
    const path = issue.path.slice(0, maxPathChars);
    if (!byPath.has(path)) byPath.set(path, { path, message: issue.message });
    if (byPath.size === maxIssues) break;
  }
  return [...byPath.values()];
}

export function joinPath(parent: string, name: string | number): string {
  return parent === '' ? String(name) : `${parent}.${name}`;
}
