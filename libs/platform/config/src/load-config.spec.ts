import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Test } from '@nestjs/testing';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  ConfigError,
  ConfigModule,
  InjectConfig,
  defineConfig,
  describeConfig,
  loadConfig,
  setting,
} from './index';
import type { ConfigOf, Env } from './index';

const database = defineConfig('database', {
  url: setting({
    env: 'DATABASE_URL',
    schema: z.url({ protocol: /^postgresql$/ }),
    secret: true,
    doc: 'Where PostgreSQL is.',
    example: 'postgresql://app:PASSWORD@postgres:5432/parley',
  }),
  poolMax: setting({
    env: 'DATABASE_POOL_MAX',
    schema: z.coerce.number().int().min(1).max(200),
    default: 10,
    doc: 'Connections of one process.',
  }),
});

const tokens = defineConfig('tokens', {
  key: setting({ env: 'TOKEN_KEY', schema: z.string(), secret: true, optional: true, doc: 'A key.' }),
  mode: setting({
    env: 'TOKEN_MODE',
    schema: z.enum(['strict', 'lax']),
    default: 'strict',
    production: 'required',
    doc: 'A mode.',
  }),
});

const strong = 'k7Jx2mQ9vT4wLz8pRb3Nc6Yd';
const url = `postgresql://app:${strong}@localhost/parley`;

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig([database, tokens], env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loading the configuration', () => {
  it('gives typed, frozen values under the names of the sections', () => {
    const config = loadConfig([database, tokens], { DATABASE_URL: url, DATABASE_POOL_MAX: '25' });
    const poolMax: number = config.database.poolMax;
    const key: string | undefined = config.tokens.key;
    const mode: 'strict' | 'lax' = config.tokens.mode;
    expect([poolMax, key, mode]).toEqual([25, undefined, 'strict']);
    expect(config.database.url).toBe(url);
    expect(Object.isFrozen(config) && Object.isFrozen(config.database)).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig([database], { DATABASE_URL: url, DATABASE_POOL_MAX: '' }).database.poolMax).toBe(10);
    expect(problemsOf({ DATABASE_URL: '' })).toHaveLength(1);
  });

  it('names every problem at once: variable, form, what was found, and where it is documented', () => {
    expect(problemsOf({ DATABASE_POOL_MAX: 'many', TOKEN_MODE: 'soft' })).toEqual([
      'DATABASE_URL is not set: it must be a URL such as postgresql://app:PASSWORD@postgres:5432/parley (see docs/configuration.md#database_url).',
      'DATABASE_POOL_MAX must be a whole number from 1 to 200, but it is "many" (see docs/configuration.md#database_pool_max).',
      'TOKEN_MODE must be one of strict, lax, but it is "soft" (see docs/configuration.md#token_mode).',
    ]);
  });

  it('refuses a misspelt NODE_ENV instead of running unprotected', () => {
    expect(problemsOf({ DATABASE_URL: url, NODE_ENV: 'prod' })).toEqual([
      expect.stringContaining('NODE_ENV must be one of'),
    ]);
  });

  it('requires in production what has only a development default', () => {
    expect(problemsOf({ DATABASE_URL: url, NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^TOKEN_MODE is not set, but production needs it/),
    ]);
  });
});

describe('secrets (S39)', () => {
  const production = { NODE_ENV: 'production', TOKEN_MODE: 'lax', DATABASE_URL: url };
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['short', 'k7Jx2mQ9'],
    ['a sample word', 'my-Secret-4f9a8c1e7b2d'],
    ['one character', 'a'.repeat(40)],
    ['a repeated pattern', 'k7Jx'.repeat(10)],
  ])('stops a production start when a secret is weak: %s', (_, value) => {
    expect(problemsOf({ ...production, TOKEN_KEY: value })).toEqual([expect.stringMatching(/^TOKEN_KEY /)]);
    expect(problemsOf({ DATABASE_URL: url, TOKEN_KEY: value })).toEqual([]);
  });

  it('judges the password of a URL, and the documented example', () => {
    const weak = { ...production, DATABASE_URL: 'postgresql://app:changeme@localhost/parley' };
    const example = { ...production, DATABASE_URL: 'postgresql://app:PASSWORD@postgres:5432/parley' };
    expect(problemsOf(weak)).toEqual([expect.stringMatching(/^DATABASE_URL is shorter/)]);
    expect(problemsOf(example)).toEqual([expect.stringMatching(/^DATABASE_URL is the documented example/)]);
    expect(problemsOf({ ...production, TOKEN_KEY: strong })).toEqual([]);
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const file = path.join(folder, 'url');
    writeFileSync(file, `${url}\n`);
    expect(loadConfig([database], { DATABASE_URL_FILE: file }).database.url).toBe(url);
    expect(problemsOf({ DATABASE_URL: url, DATABASE_URL_FILE: file })).toEqual([
      expect.stringContaining('both set'),
    ]);
    expect(problemsOf({ DATABASE_URL_FILE: path.join(folder, 'none') })).toEqual([
      expect.stringMatching(/^DATABASE_URL_FILE must be the path of a readable file, .*ENOENT/),
    ]);
  });

  it('shows no secret in errors, descriptions or printed values', () => {
    const canary = 'canary-5d1f';
    const config = loadConfig([database, tokens], {
      DATABASE_URL: `postgresql://app:${canary}@h/d`,
      TOKEN_KEY: canary,
    });
    const printed = [
      JSON.stringify(config),
      inspect(config),
      inspect(config.database),
      JSON.stringify(describeConfig(config)),
    ];
    const failed = problemsOf({
      DATABASE_URL: canary,
      TOKEN_KEY: canary,
      TOKEN_MODE: 'x',
      NODE_ENV: 'production',
    });
    expect([...printed, ...failed].join()).not.toContain(canary);
    expect(describeConfig(config)).toEqual({
      database: { url: '[set]', poolMax: 10 },
      tokens: { key: '[set]', mode: 'strict' },
    });
  });
});

describe('ConfigModule', () => {
  @Injectable()
  class User {
    constructor(@InjectConfig(database) readonly config: ConfigOf<typeof database>) {}
  }

  it('injects a section', async () => {
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot([database], { DATABASE_URL: url })],
      providers: [User],
    }).compile();
    expect(module.get(User).config.poolMax).toBe(10);
  });
});
