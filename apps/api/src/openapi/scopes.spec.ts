import 'reflect-metadata';
import { keyScopes } from '@parley/contracts/wire';
import { controllers } from '../controllers';
import { routesOf } from './routes';
import { renderScopes } from './scopes';

describe('the table of scopes', () => {
  it('has every scope, and every route that needs a key exactly once', () => {
    const text = renderScopes(controllers);
    for (const scope of keyScopes) expect(text).toContain(`### \`${scope}\``);
    const rows = [...text.matchAll(/`([A-Z]+ \/v1[^`]*)`/g)].map(([, route]) => route);
    const closed = routesOf(controllers).filter((route) => !route.public);
    expect(rows).toHaveLength(closed.length);
    expect(new Set(rows).size).toBe(closed.length);
  });
});
