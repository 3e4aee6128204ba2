import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { ErrorCode, KeyScope, OperatorScope } from '@parley/contracts/wire';
import type { DtoClass } from '@parley/platform/validation';

/** A JSON Schema of the document; `$ref` names a type of the wire contract. */
export type Schema = Record<string, unknown>;

/** What the documentation says of one route, and the status that its answer has. */
export interface Operation {
  /** Unique; generated clients name their methods by it. */
  id: string;
  /** One line in the imperative. */
  summary: string;
  description?: string;
  query?: DtoClass;
  body?: DtoClass;
  /** Shown as the body to try. */
  example?: unknown;
  /** Headers that mean something here, with their description. */
  headers?: Record<string, string>;
  /** What a server key needs. */
  scope?: KeyScope;
  /** What an operator key needs. */
  operatorScope?: OperatorScope;
  /** Status → body; the first is the usual one. */
  answers: Record<number, Schema | null>;
  /** Codes beyond those that any request can meet. */
  errors?: ErrorCode[];
}

export const operationKey = 'parley:operation';
export const sectionKey = 'parley:section';

/** Describes a route. Every route has it: a spec holds that. */
export function Documented(operation: Operation): MethodDecorator {
  const [status] = Object.keys(operation.answers).map(Number);
  return applyDecorators(SetMetadata(operationKey, operation), HttpCode(status ?? 200));
}

/** The heading under which a controller's routes stand. */
export function Section(name: string): ClassDecorator {
  return SetMetadata(sectionKey, name);
}

/** A type of `@parley/contracts/wire` by its name. */
export function wire(type: string): Schema {
  return { $ref: `#/components/schemas/${type}` };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function object(properties: Record<string, Schema>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** One page of a list that goes on by cursor. */
export function pageOf(items: Schema): Schema {
  const next = {
    type: ['string', 'null'],
    description: 'Give it as `cursor` to the next request; null on the last page.',
  };
  return object({ data: listOf(items), page: object({ next }) });
}
