import type { Schema } from './operation';
import type { Route } from './routes';

const name = 'Idempotency-Key';

/** Whether the route keeps its answer under the header, as every POST does that does not say otherwise of it. */
export function takesIdempotencyKey({ method, operation }: Route): boolean {
  return method === 'POST' && operation?.headers?.[name] === undefined;
}

/** The header where it has its usual meaning. */
export const idempotencyKeyParameter: Schema = {
  name,
  in: 'header',
  required: false,
  description:
    'A name of your choice for this request. The same request again under it, within a day, has no second effect and gets ' +
    'the first answer; one that comes meanwhile waits for it. Another body under it is `idempotency.key_conflict`. A failed ' +
    'request is not remembered.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{8,64}$' },
};
