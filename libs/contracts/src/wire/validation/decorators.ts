import { Transform } from 'class-transformer';
import {
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { clientMessageIdPattern, limits } from '../limits';
import { reactionKeyPattern } from '../reactions/reaction.types';
import {
  boundedJson,
  hasOneOf,
  maxUtf8Bytes,
  seqMap,
  syncCursor,
  userIdPattern,
  uuidPattern,
  type Constraint,
} from './constraints';

function compose(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Words of the JSON Schema that a decorator of class-validator does not give by itself. */
function schema(words: Record<string, unknown>): PropertyDecorator {
  const decorate = JSONSchema(words);
  return (target, property) => {
    decorate(target, String(property));
  };
}

function satisfies<P>(
  constraint: Constraint<P>,
  parameter: P,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name: constraint.keyword,
      constraints: [parameter],
      validator: {
        validate: (value) => constraint.check(value, parameter),
        defaultMessage: () => constraint.describe(parameter),
      },
    },
    options,
  );
}

/** Absent is fine; null is not. (class-validator's own IsOptional lets null pass.) */
export function MayBeAbsent(): PropertyDecorator {
  return compose(
    ValidateIf((_, value) => value !== undefined),
    // Read by the JSON Schema converter, which would otherwise list the field as required.
    (target, property) => Reflect.defineMetadata(optionalKey, true, target, property),
  );
}

export const optionalKey = Symbol('parley:optional');

/** Absent or null are both fine: null clears the field. */
export function MayBeNull(): PropertyDecorator {
  return IsOptional();
}

/** An id made by Parley: a UUID in lower case. */
export function IsId(options: { each?: boolean } = {}): PropertyDecorator {
  return compose(
    IsString(options),
    Matches(uuidPattern, { ...options, message: '$property must be an id of Parley (a UUID in lower case)' }),
  );
}

/** A parameter of a query that may be there several times: one value becomes a list of one. */
export function Repeatable(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    Array.isArray(value) ? (value as unknown[]) : [value],
  );
}

/** The host product's own id of a user. */
export function IsUserId(options: { each?: boolean } = {}): PropertyDecorator {
  return compose(
    IsString(options),
    Matches(userIdPattern, { ...options, message: '$property must be 1 to 128 visible characters' }),
  );
}

export function IsClientMessageId(): PropertyDecorator {
  return compose(
    IsString(),
    Matches(clientMessageIdPattern, { message: '$property must match [A-Za-z0-9._:-]{8,64}' }),
  );
}

/** An emoji, or a name in `[a-z0-9_+-]{1,64}`. */
export function IsReactionKey(): PropertyDecorator {
  return compose(
    IsString(),
    Matches(reactionKeyPattern, { message: '$property must be an emoji, or match [a-z0-9_+-]{1,64}' }),
  );
}

/** A place in a conversation's timeline. */
export function IsSeq(minimum = 1): PropertyDecorator {
  return compose(IsInt(), Min(minimum), Max(Number.MAX_SAFE_INTEGER));
}

/** Text of 1 to `maxBytes` UTF-8 bytes that can be stored. */
export function IsText(maxBytes: number): PropertyDecorator {
  return compose(
    Matches(/\S/, { message: '$property must not be empty' }),
    satisfies(maxUtf8Bytes, maxBytes),
    schema({ type: 'string', maxUtf8Bytes: maxBytes }),
  );
}

/** A JSON object within the limits of metadata. */
export function IsMetadata(): PropertyDecorator {
  const bounds = { maxBytes: limits.metadataMaxBytes, maxDepth: limits.metadataMaxDepth };
  return compose(satisfies(boundedJson, bounds), schema({ type: 'object', boundedJson: bounds }));
}

/** A list of nested objects, each with exactly one of these fields. */
export function EachHasOneOf(...names: string[]): PropertyDecorator {
  return satisfies(hasOneOf, names, { each: true });
}

/** A list of [conversationId, seq]. */
export function AreSyncCursors(): PropertyDecorator {
  return compose(
    satisfies(syncCursor, true, { each: true }),
    schema({ items: { type: 'array', syncCursor: true } }),
  );
}

export function IsSeqMap(maxEntries: number): PropertyDecorator {
  return compose(satisfies(seqMap, maxEntries), schema({ type: 'object', seqMap: maxEntries }));
}
