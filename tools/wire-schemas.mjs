import path from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { root } from './support.mjs';

/** The named types of the wire contract, and what they refer to, as JSON Schema by name, for the OpenAPI document. */
export function wireSchemas(types) {
  const generator = createGenerator({
    path: path.join(root, 'libs/contracts/src/wire/index.ts'),
    tsconfig: path.join(root, 'tsconfig.json'),
    skipTypeCheck: true,
    // What a newer server adds must not break a client that checks its answers.
    additionalProperties: true,
  });
  const { definitions } = generator.createSchema(types);
  const schemas = Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.parse(
    JSON.stringify(Object.fromEntries(schemas)).replaceAll('#/definitions/', '#/components/schemas/'),
  );
}
