import type { z } from 'zod';

/** One environment variable: its form, its text for people, and what happens when it is not set. */
export interface SettingOptions<S extends z.ZodType> {
  /** The variable's name. A secret may also be given as the path of a file, in `<env>_FILE`. */
  env: string;
  /** Parses the variable's text. */
  schema: S;
  /** One line for whoever sets it. */
  doc: string;
  /** A value that shows the form. A production start refuses a secret with this very value. */
  example?: string;
  /** Never shown, and refused in production when it is weak. */
  secret?: boolean;
  /** A secret that is refused everywhere when it is weak: who guesses it is let in. */
  strong?: boolean;
  /** `required`: may be left out or defaulted in development, never in production. */
  production?: 'required';
}

type WhenUnset<S extends z.ZodType> =
  | { default: z.output<S>; optional?: never }
  | { optional: true; default?: never }
  | { optional?: never; default?: never };

/** The type of a setting's value: `V` comes from the schema. */
export interface Setting<V = unknown> {
  readonly env: string;
  readonly schema: z.ZodType;
  readonly doc: string;
  readonly example?: string;
  readonly secret: boolean;
  readonly strong: boolean;
  readonly optional: boolean;
  readonly requiredInProduction: boolean;
  readonly default?: V;
}

type ValueWhenSet<S extends z.ZodType, O> = O extends { optional: true }
  ? z.output<S> | undefined
  : z.output<S>;

/**
 * Declares one setting. Without `default` and without `optional` it is required: the process does not start without it.
 * An empty variable counts as not set.
 */
export function setting<const S extends z.ZodType, const O extends SettingOptions<S> & WhenUnset<S>>(
  options: O & { schema: S },
): Setting<ValueWhenSet<S, O>> {
  return Object.freeze({
    env: options.env,
    schema: options.schema,
    doc: options.doc,
    example: options.example,
    secret: options.secret ?? false,
    strong: options.strong ?? false,
    optional: options.optional ?? false,
    requiredInProduction: options.production === 'required',
    default: options.default,
  });
}

export type Settings = Readonly<Record<string, Setting>>;

/** The settings of one library or app, under the name by which the loaded configuration holds them. */
export interface ConfigSection<N extends string = string, S extends Settings = Settings> {
  readonly name: N;
  readonly settings: S;
  /** The Nest injection token of the loaded section; see `ConfigModule`. */
  readonly token: symbol;
}

/** Declares the settings of one library or app, in its `<lib>.config.ts`. */
export function defineConfig<const N extends string, const S extends Settings>(
  name: N,
  settings: S,
): ConfigSection<N, S> {
  return Object.freeze({ name, settings, token: Symbol(`config:${name}`) });
}

/** The values of one section: `ConfigOf<typeof databaseConfig>`. */
export type ConfigOf<C> =
  C extends ConfigSection<string, infer S>
    ? { readonly [K in keyof S]: S[K] extends Setting<infer V> ? V : never }
    : never;

/** The values of several sections, by their names. */
export type LoadedConfig<T extends readonly ConfigSection[]> = {
  readonly [C in T[number] as C['name']]: ConfigOf<C>;
};
