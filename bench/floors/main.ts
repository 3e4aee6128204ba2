import { batchStore } from './batch-store';
import { insertStore } from './insert-store';
import { memoryStore } from './memory-store';
import type { Store } from './room-server';
import { listenOnSocketIo } from './socket-io-rooms';
import { listenOnWebSockets } from './web-socket-rooms';

/** The argument of the program, as JSON. */
export interface FloorOptions {
  transport: 'ws' | 'socket.io';
  store: 'memory' | 'insert' | 'batch';
  databaseUrl: string;
  /** Undefined: no adapter. */
  redisUrl?: string;
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '') as FloorOptions;
  const store = await storeOf(options);
  const port =
    options.transport === 'ws'
      ? await listenOnWebSockets(store)
      : await listenOnSocketIo(store, options.redisUrl);
  process.send?.({ port });
}

function storeOf({ store, databaseUrl }: FloorOptions): Store | Promise<Store> {
  switch (store) {
    case 'memory':
      return memoryStore();
    case 'insert':
      return insertStore(databaseUrl);
    case 'batch':
      return batchStore(databaseUrl);
  }
}

// It never outlives the one that measures it.
process.on('disconnect', () => process.exit(0));
void main();
