import type { Type } from '@nestjs/common';
import { userIdPattern, uuidPattern } from '@parley/contracts/dto';
import { reactionKeyPattern } from '@parley/contracts/wire';
import { schemaOf } from '@parley/platform/validation';
import { errorCodesOf, errorResponses } from './errors';
import { idempotencyKeyParameter, takesIdempotencyKey } from './idempotency';
import type { Operation, Schema } from './operation';
import { routesOf, type Route } from './routes';

const id = { type: 'string', pattern: uuidPattern.source };
const pathParameters: Record<string, Schema> = {
  conversationId: id,
  messageId: id,
  keyId: id,
  tenantId: id,
  key: {
    type: 'string',
    pattern: reactionKeyPattern.source,
    description: 'An emoji, or a name of your own.',
  },
  userId: {
    type: 'string',
    pattern: userIdPattern.source,
    description: 'The user’s id; `me` is the caller.',
  },
};

const description = `Messaging for your product: conversations, participants, messages with one gap-free order each.

Authenticate with \`Authorization: Bearer …\`: a user token (JWT) or a server key (\`psk_…\`). A server key does something
for a user with the header \`Parley-Act-As\`, the user's id in percent-encoding; without it, it acts for nobody and may do
everything that its scopes name. Whoever runs the installation has operator keys (\`pok_…\`), for \`/v1/operator\` alone.

Errors are \`application/problem+json\` with a stable \`code\`. \`retryable\` says whether the very same request may succeed
later, \`retryAfterMs\` how long to wait, \`issues\` which fields are wrong. What you may not see and what does not exist
are answered alike.

Live events and sync over sockets are described by [AsyncAPI](/docs/asyncapi.json) and in docs/protocol.md.`;

/** The OpenAPI 3.1 document of the controllers; `wireSchemas` are the types of the wire contract by name. */
export function openApiDocument(controllers: readonly Type[], wireSchemas: Record<string, Schema>): Schema {
  const routes = routesOf(controllers);
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1',
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ section }) => section))].map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A user token (JWT) or a server key (psk_…).',
        },
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: 'An operator key (pok_…): `parley operator-key create` makes one.',
        },
      },
      parameters: {
        ActAs: {
          name: 'Parley-Act-As',
          in: 'header',
          required: false,
          description: 'Server keys only: the user, percent-encoded, that the request is for.',
          schema: { type: 'string' },
        },
        IdempotencyKey: idempotencyKeyParameter,
      },
      schemas: wireSchemas,
    },
  };
}

/** Names of the wire types that the routes answer with. */
export function wireTypesOf(controllers: readonly Type[]): string[] {
  const text = JSON.stringify([
    ...routesOf(controllers).map(({ operation }) => operation?.answers),
    errorResponses(['internal.error']),
  ]);
  return [
    ...new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '')),
  ].sort();
}

function operationOf(route: Route): Schema {
  const { operation } = route;
  if (operation === undefined)
    throw new Error(`${route.method} ${route.path} is not documented: give it @Documented.`);
  const scope = operation.scope && `Server keys need the scope \`${operation.scope}\`.`;
  const right = operation.operatorScope && `Operator keys need the scope \`${operation.operatorScope}\`.`;
  const text = [operation.description, scope, right].filter((part) => part !== undefined).join('\n\n');
  return {
    operationId: operation.id,
    tags: [route.section],
    summary: operation.summary,
    ...(text === '' ? {} : { description: text }),
    ...(route.public ? { security: [] } : {}),
    ...(route.forOperators ? { security: [{ operator: [] }] } : {}),
    parameters: parametersOf(route, operation),
    ...(operation.body === undefined ? {} : { requestBody: requestBodyOf(operation) }),
    responses: { ...answersOf(operation), ...errorResponses(errorCodesOf(route)) },
  };
}

function parametersOf(route: Route, { query, headers = {} }: Operation): Schema[] {
  const inPath = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: pathParameters[name] ?? { type: 'string' },
  }));
  const querySchema = query === undefined ? {} : schemaOf(query);
  const inQuery = Object.entries(querySchema.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: querySchema.required?.includes(name) ?? false,
    schema,
  }));
  const inHeader = Object.entries(headers).map(([name, words]) => ({
    name,
    in: 'header',
    required: false,
    description: words,
    schema: { type: 'string' },
  }));
  const common = [
    ...(takesIdempotencyKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(route.public || route.forOperators ? [] : [{ $ref: '#/components/parameters/ActAs' }]),
  ];
  return [...inPath, ...inQuery, ...inHeader, ...common];
}

function requestBodyOf({ body, example }: Operation): Schema {
  if (body === undefined) return {};
  const schema = schemaOf(body);
  return {
    required: (schema.required ?? []).length > 0,
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  };
}

const answerWords: Record<string, string> = {
  200: 'Done.',
  201: 'Created.',
  204: 'Done; there is nothing to say.',
  307: 'It is at `Location`.',
};

function answersOf({ answers }: Operation): Record<string, Schema> {
  const entries = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: answerWords[status] ?? 'Not available now.',
      ...(schema === null ? {} : { content: { 'application/json': { schema } } }),
    },
  ]);
  return Object.fromEntries(entries) as Record<string, Schema>;
}
