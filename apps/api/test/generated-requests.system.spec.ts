import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import fc from 'fast-check';
import { badValue, type ValueSchema } from '@parley/testing';
import { Cast, roles, type Role } from './authorization/cast';
import { rows } from './authorization/rows';
import { makeScene, type Scene } from './authorization/scene';
import { RunningApi, type Answer } from './running-api';

interface Parameter {
  in?: string;
  name?: string;
  schema?: ValueSchema;
}

type Content = Record<string, { schema?: ValueSchema; examples?: Record<string, unknown> }>;

interface Operation {
  security?: unknown[];
  parameters?: Parameter[];
  responses: Record<string, { content?: Content }>;
  requestBody?: { content: Record<string, { schema: ValueSchema }> };
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, ValueSchema> };
}

const document = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8')) as Document;

const operations = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [method.toUpperCase(), path, operation] as [string, string, Operation],
    ),
  );

function resolve(ref: string): ValueSchema {
  return document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {};
}

/** Values for the parameters of a path or a query; those of a path are always there. */
function parametersOf({ parameters = [] }: Operation, place: 'path' | 'query') {
  const own = parameters.filter((parameter) => parameter.in === place);
  const fields = own.map(
    ({ name = '', schema = {} }) => [name, badValue(schema, resolve).map(asText)] as const,
  );
  return fc.record(Object.fromEntries(fields), place === 'path' ? {} : { requiredKeys: [] });
}

// What no URL can carry is left out: it is not the server that would judge it.
function asText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, 500).toWellFormed() || '-';
}

/** What the document promises of an answer: its status, its media type, its shape, and which errors there are. */
class Promised {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly compiled = new Map<object, ValidateFunction>();

  constructor() {
    this.ajv.addSchema(document, 'document');
  }

  /** What is wrong with this answer; undefined: it is as documented. */
  complaint({ responses }: Operation, { status, headers, body, text }: Answer<unknown>): string | undefined {
    const response = responses[status];
    if (response === undefined) return `status ${status} is not documented: ${text}`;
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    if (response.content === undefined) return text === '' ? undefined : `${status} has a body: ${text}`;
    const media = response.content[type];
    if (media === undefined) return `${status} is ${type}`;
    const { code } = body as { code?: string };
    if (status >= 400 && !Object.hasOwn(media.examples ?? {}, code ?? ''))
      return `${status} ${code} is not documented`;
    const { schema } = media;
    if (schema === undefined) return undefined;
    const validate = this.validatorOf(schema);
    return validate(body) ? undefined : `${status} ${this.ajv.errorsText(validate.errors)}: ${text}`;
  }

  private validatorOf(schema: object): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known !== undefined) return known;
    // References are to the document's own components.
    const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
    const validate = this.ajv.compile(whole);
    this.compiled.set(schema, validate);
    return validate;
  }
}

describe('generated requests of every role (S14)', () => {
  const promised = new Promised();
  let api: RunningApi;
  let cast: Cast;

  beforeAll(async () => {
    // Every route comes from an address of its own: too many failed logins of one are refused (F7).
    api = await RunningApi.start({ TRUSTED_PROXIES: '1' });
    cast = await Cast.of(api);
  });
  afterAll(() => api.stop());

  function known({ conversationId, messageId, tenantId }: Scene): Record<string, string> {
    return { conversationId, messageId, tenantId, userId: 'guest', key: '👍' };
  }

  it.each(operations)('%s %s is answered as documented', async (method, path, operation) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    const scene = await makeScene(api, cast);
    const right = rows[`${method} ${path}`]?.request(scene).body;
    const request = fc.record({
      who: fc.constantFrom<Role>(...roles),
      knows: fc.boolean(),
      inPath: parametersOf(operation, 'path'),
      inQuery: parametersOf(operation, 'query'),
      body:
        schema === undefined
          ? fc.constant(undefined)
          : fc.oneof({ weight: 4, arbitrary: badValue(schema, resolve) }, fc.constant(right)),
    });
    const headers = {
      'x-forwarded-for': `10.1.0.${operations.findIndex(([, , each]) => each === operation)}`,
    };
    await fc.assert(
      fc.asyncProperty(request, async ({ who, knows, inPath, inQuery, body }) => {
        const values = { ...inPath, ...(knows ? known(scene) : {}) };
        const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '-'));
        const query = new URLSearchParams(inQuery as Record<string, string>).toString();
        const token = cast.credentials[who];
        const answer = await api.call<unknown>(method, `${url}?${query}`, {
          headers,
          ...(token === undefined ? {} : { token }),
          ...(body === undefined ? {} : { body }),
        });
        expect(answer.status < 500 ? undefined : answer.text).toBeUndefined();
        expect(promised.complaint(operation, answer)).toBeUndefined();
        // Bad input or not: who nobody knows gets nothing.
        if (who === 'anonymous' && operation.security?.length !== 0)
          expect([401, 429]).toContain(answer.status);
      }),
      { numRuns: 100, seed: 20_261_121 },
    );
  });
});
