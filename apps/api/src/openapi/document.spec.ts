import 'reflect-metadata';
import { errorCatalogue } from '@parley/contracts/wire';
import { controllers } from '../controllers';
import { openApiDocument, wireTypesOf } from './document';
import { routesOf } from './routes';
import wireSchemas from './wire-schemas.json';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters: { name?: string }[];
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: unknown; examples?: object }> }
  >;
}

const document = openApiDocument(controllers, wireSchemas) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
);

describe('the OpenAPI document', () => {
  it('has every route, under a name of its own', () => {
    expect(operations).toHaveLength(routesOf(controllers).length);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(operations)(
    '$name has a summary, an answer with a schema and documented errors',
    ({ path, operation }) => {
      expect(operation.summary).toMatch(/^[A-Z].{8,}/);
      expect(operation.tags).toHaveLength(1);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
      const good = Object.entries(operation.responses).filter(([status]) => status < '300');
      expect(good.length).toBeGreaterThan(0);
      for (const [status, { content }] of good)
        if (status !== '204') expect(content?.['application/json']?.schema).toBeDefined();
      const codes = Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      );
      expect(codes).toContain('internal.error');
      if (path !== '/health') expect(codes).toContain('token.invalid');
      for (const code of codes) expect(errorCatalogue).toHaveProperty([code]);
    },
  );

  it('knows every type that it names', () => {
    expect(Object.keys(wireSchemas)).toEqual(expect.arrayContaining(wireTypesOf(controllers)));
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(wireSchemas).toHaveProperty([name ?? '']);
    }
  });
});
