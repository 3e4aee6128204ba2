import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { operatorRouteKey, publicRouteKey } from '@parley/platform/auth';
import { operationKey, sectionKey, type Operation } from './operation';

/** One route of a controller. */
export interface Route {
  /** In upper case. */
  method: string;
  /** As express has it: `/v1/conversations/:conversationId`. */
  path: string;
  section: string;
  public: boolean;
  /** Opened by an operator key. */
  forOperators: boolean;
  /** Missing where the route is not documented. */
  operation?: Operation;
}

/** The routes that the controllers' decorators declare. */
export function routesOf(controllers: readonly Type[]): Route[] {
  return controllers.flatMap((controller) => {
    const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
    const section = Reflect.getMetadata(sectionKey, controller) as string;
    return handlersOf(controller).map((handler) => ({
      method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod],
      path: join(prefix, Reflect.getMetadata(PATH_METADATA, handler) as string),
      section,
      public: isMarked(publicRouteKey, handler, controller),
      forOperators: isMarked(operatorRouteKey, handler, controller),
      operation: Reflect.getMetadata(operationKey, handler) as Operation | undefined,
    }));
  });
}

function isMarked(key: string, ...targets: object[]): boolean {
  return targets.some((target) => Reflect.getMetadata(key, target) === true);
}

function handlersOf(controller: Type): object[] {
  const members = Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object));
  return members
    .map(({ value }) => value as unknown)
    .filter((value) => typeof value === 'function')
    .filter((value) => Reflect.hasMetadata(METHOD_METADATA, value));
}

function join(prefix: string, path: string): string {
  return `/${[prefix, path]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')}`;
}
