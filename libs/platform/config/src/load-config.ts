import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { ConfigError } from './config.error';
import { formOf } from './form';
import { weaknessOf } from './secret-strength';
import { runtimeConfig } from './runtime.config';
import type { ConfigSection, LoadedConfig, Setting } from './setting';

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process: the only place that reads it. */
export function processEnv(): Env {
  return process.env;
}

/**
 * Reads and checks the settings of the sections. The answer is frozen, and prints without its secrets.
 * @throws ConfigError with one sentence per problem, all problems at once.
 */
export function loadConfig<const T extends readonly ConfigSection[]>(sections: T, env: Env): LoadedConfig<T> {
  const reader = new SettingReader(env);
  reader.read(runtimeConfig.settings.env);
  const config = Object.fromEntries(sections.map((section) => [section.name, readSection(section, reader)]));
  if (reader.problems.size > 0) throw new ConfigError([...reader.problems]);
  return Object.freeze(config) as LoadedConfig<T>;
}

/** As `loadConfig`, for the first line of a process: on a problem it prints the sentences and exits with 1. */
export function loadConfigOrExit<const T extends readonly ConfigSection[]>(
  sections: T,
  env: Env = processEnv(),
): LoadedConfig<T> {
  try {
    return loadConfig(sections, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** A loaded configuration (or one section of it) as plain data to log: secrets only say whether they are set. */
export function describeConfig(config: object): unknown {
  return JSON.parse(JSON.stringify(config));
}

/** Where a setting is documented, as the error sentences name it. */
function docsLink(setting: Setting): string {
  return `docs/configuration.md#${setting.env.toLowerCase()}`;
}

function readSection(section: ConfigSection, reader: SettingReader): object {
  const entries = Object.entries(section.settings);
  const values = Object.fromEntries(entries.map(([key, setting]) => [key, reader.read(setting)]));
  const masked = (): object =>
    Object.fromEntries(
      entries.map(([key, setting]) => [key, setting.secret ? mask(values[key]) : values[key]]),
    );
  // Hidden from enumeration: whoever prints or serializes the section by accident gets the masked form.
  Object.defineProperties(values, { toJSON: { value: masked }, [inspect.custom]: { value: masked } });
  return Object.freeze(values);
}

function mask(value: unknown): string {
  return value === undefined ? '[not set]' : '[set]';
}

class SettingReader {
  readonly problems = new Set<string>();
  private readonly production: boolean;

  constructor(private readonly env: Env) {
    this.production = env.NODE_ENV === 'production';
  }

  read(setting: Setting): unknown {
    const text = this.textOf(setting);
    if (text === undefined) return this.whenUnset(setting);
    const parsed = setting.schema.safeParse(text);
    if (!parsed.success) return this.wrongForm(setting, text);
    if (setting.secret && (this.production || setting.strong)) this.refuseWeak(setting, text);
    return parsed.data;
  }

  private textOf(setting: Setting): string | undefined {
    const text = this.env[setting.env] || undefined;
    const fileVariable = `${setting.env}_FILE`;
    const file = setting.secret ? this.env[fileVariable] || undefined : undefined;
    if (file === undefined) return text;
    if (text !== undefined) {
      this.problem(setting, `${setting.env} and ${fileVariable} are both set: keep one of them`);
      return text;
    }
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.problem(
        setting,
        `${fileVariable} must be the path of a readable file, but "${file}" is not (${reason})`,
      );
      return undefined;
    }
  }

  private whenUnset(setting: Setting): unknown {
    const needed = !setting.optional && setting.default === undefined;
    if (this.production && setting.requiredInProduction) {
      this.problem(setting, `${setting.env} is not set, but production needs it: ${formOf(setting)}`);
    } else if (this.production && setting.secret && setting.default !== undefined) {
      this.problem(setting, `${setting.env} is not set, and production does not use a default secret`);
    } else if (needed && !this.hasProblemWith(setting)) {
      this.problem(setting, `${setting.env} is not set: it must be ${formOf(setting)}`);
    }
    return setting.default;
  }

  private wrongForm(setting: Setting, text: string): undefined {
    const found = setting.secret ? 'its value is something else' : `it is ${JSON.stringify(shorten(text))}`;
    this.problem(setting, `${setting.env} must be ${formOf(setting)}, but ${found}`);
    return undefined;
  }

  private refuseWeak(setting: Setting, text: string): void {
    const weakness = weaknessOf(text, setting.example);
    if (weakness === undefined) return;
    this.problem(
      setting,
      `${setting.env} ${weakness}: ${setting.strong ? 'it must be' : 'production needs'} a random secret, for example from "openssl rand -base64 32"`,
    );
  }

  /** An unreadable `_FILE` is the reason that the setting is missing: one problem, one sentence. */
  private hasProblemWith(setting: Setting): boolean {
    return [...this.problems].some((problem) => problem.startsWith(`${setting.env}_FILE `));
  }

  private problem(setting: Setting, sentence: string): void {
    this.problems.add(`${sentence} (see ${docsLink(setting)}).`);
  }
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
