/** The part of JSON Schema (2020-12) that DTO classes need. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  description?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  oneOf?: JsonSchema[];
}

/** A test that JSON Schema has no word for, with the sentence that names what it expects. */
export interface Rule {
  test: (value: unknown) => boolean;
  message: string;
}

/** The schema of a checker: the words of JSON Schema, ours of `constraints`, and rules in code. */
export interface CheckerSchema extends Omit<JsonSchema, 'properties' | 'items'> {
  properties?: Record<string, CheckerSchema>;
  items?: CheckerSchema;
  /** Null passes as well. */
  nullable?: boolean;
  /** What is said instead of the bare pattern. */
  patternMessage?: string;
  rules?: Record<string, Rule>;
  maxUtf8Bytes?: number;
  hasOneOf?: string[];
}
