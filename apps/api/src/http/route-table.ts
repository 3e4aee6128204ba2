import type { Type } from '@nestjs/common';
import { routesOf } from '../openapi/routes';

/** Knows which methods a path has, to tell a wrong method from a wrong path. */
export class RouteTable {
  private readonly routes: { form: RegExp; method: string }[];

  constructor(controllers: readonly Type[]) {
    this.routes = routesOf(controllers).map(({ method, path }) => ({
      form: new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}/?$`),
      method,
    }));
  }

  /** In upper case; none: there is no such path. */
  methodsOf(path: string): string[] {
    const methods = new Set(this.routes.filter(({ form }) => form.test(path)).map(({ method }) => method));
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }
}
