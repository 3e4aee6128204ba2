import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { SendResult } from '@parley/contracts/wire';
import { badValue, type ValueSchema } from '@parley/testing';
import { RunningApi } from './running-api';

interface Parameter {
  in?: string;
  name?: string;
  schema?: ValueSchema;
}

interface Operation {
  parameters?: Parameter[];
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

describe('generated requests (S14)', () => {
  let api: RunningApi;
  let tokens: string[];
  let known: Record<string, string>;

  beforeAll(async () => {
    api = await RunningApi.start();
    const tenant = await api.tenant();
    tokens = [await api.token(tenant, 'ada'), tenant.serverKey];
    await api.token(tenant, 'grace');
    const { body } = await api.call<{ id: string }>('POST', '/v1/conversations', {
      token: tokens[0] ?? '',
      body: { kind: 'group', participants: [{ userId: 'grace' }] },
    });
    const sent = await api.call<SendResult>('POST', `/v1/conversations/${body.id}/messages`, {
      token: tokens[0] ?? '',
      body: { text: 'known' },
    });
    known = { conversationId: body.id, userId: 'grace', key: '👍', messageId: sent.body.message.id };
  });
  afterAll(() => api.stop());

  it.each(operations)('%s %s answers without a failure of its own', async (method, path, operation) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    const request = fc.record({
      who: fc.nat(1),
      knows: fc.boolean(),
      inPath: parametersOf(operation, 'path'),
      inQuery: parametersOf(operation, 'query'),
      body: schema === undefined ? fc.constant(undefined) : badValue(schema, resolve),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ who, knows, inPath, inQuery, body }) => {
        const values = { ...inPath, ...(knows ? known : {}) };
        const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '-'));
        const query = new URLSearchParams(inQuery as Record<string, string>).toString();
        const { status, text } = await api.call(method, `${url}?${query}`, {
          token: tokens[who] ?? '',
          ...(body === undefined ? {} : { body }),
        });
        expect({ status: status < 500, text: status < 500 ? '' : text }).toEqual({ status: true, text: '' });
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
  });
});
