import { createServer } from 'node:net';

/** Below the ports that the system gives to outgoing connections: one of those could take the place of a server that is down. */
const range = { from: 15_000, to: 31_999 } as const;
const given = new Set<number>();

/** A free port for a server that will be killed and come back to it. */
export async function fixedPort(): Promise<number> {
  for (;;) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
