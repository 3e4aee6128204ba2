import { createServer } from 'node:net';
import { EmbeddedError, errorCode } from './embedded.error';

/** A TCP port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Throws {@link EmbeddedError} when the port cannot be listened on. */
export async function requirePort(port: number, what: string): Promise<void> {
  try {
    await tryListen(port);
  } catch (error) {
    const reason =
      errorCode(error) === 'EADDRINUSE'
        ? 'another program listens on it'
        : `the system refuses it (${errorCode(error)})`;
    throw new EmbeddedError(`${what} cannot use port ${port}: ${reason}.`, { cause: error });
  }
}

function tryListen(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
