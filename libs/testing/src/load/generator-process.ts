import { Generator } from './generator';
import type { GeneratorCalls } from './generator.types';

/** A call from the process that leads, by IPC. */
export interface Call {
  id: number;
  name: keyof GeneratorCalls;
  order: unknown;
}

const generator = new Generator();
const calls = generator as unknown as Record<string, (order: unknown) => Promise<unknown>>;

process.on('message', ({ id, name, order }: Call) => {
  void calls[name]?.call(generator, order).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// It never outlives the one that leads.
process.on('disconnect', () => process.exit(0));
