export type Destination = 'api' | 'gateway' | 'page';

const prefixes: readonly (readonly [string, Destination])[] = [
  ['/v1', 'api'],
  ['/docs', 'api'],
  ['/health', 'api'],
  ['/socket.io', 'gateway'],
  ['/ws', 'gateway'],
];

/** Which process answers this request target; the same paths as the production entrance. */
export function destinationOf(target: string): Destination {
  const path = target.split(/[?#]/, 1)[0] ?? '';
  const found = prefixes.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  return found?.[1] ?? 'page';
}
