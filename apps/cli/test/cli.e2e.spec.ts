import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { withDatabase } from '@parley/platform/database';
import { testDatabase, type TestDatabase } from '@parley/testing';

const bin = path.resolve(__dirname, '..', 'bin', 'parley.js');

interface Ended {
  code: number;
  out: string;
  err: string;
}

function parley(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env } };
    execFile(process.execPath, [bin, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

describe('parley', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  const name = `cli_${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    database = await testDatabase();
    env = {
      DATABASE_ADMIN_URL: withDatabase(database.adminUrl, name),
      DATABASE_URL: withDatabase(database.appUrl, name),
      DATABASE_SYSTEM_URL: withDatabase(database.systemUrl, name),
      SECRETS_KEY: randomBytes(32).toString('base64'),
    };
  });

  afterAll(async () => {
    const admin = new Client(database.adminUrl);
    await admin.connect();
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
    await database.drop();
  });

  it('takes a new database to its first tenant', async () => {
    const early = await parley(['tenant', 'list'], env);
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('db:setup')]);
    expect(await parley(['db:setup'], env)).toMatchObject({ code: 0, err: '' });
    const pending = await parley(['db:status'], env);
    expect([pending.code, pending.out]).toEqual([1, expect.stringMatching(/^missing {2}\d+_/)]);
    expect(await parley(['db:migrate'], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('applied '),
    });
    expect(await parley(['db:migrate'], env)).toMatchObject({
      code: 0,
      out: 'The database is up to date.\n',
    });
    expect(await parley(['db:status'], env)).toMatchObject({ code: 0 });

    const made = await parley(['tenant', 'create', 'Acme', '--json'], env);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(made.out)).toEqual({
      id: expect.any(String),
      name: 'Acme',
      serverKey: expect.stringMatching(/^psk_/),
      kid: expect.stringMatching(/^pk_/),
      signingSecret: expect.any(String),
    });
    const listed = await parley(['tenant', 'list'], env);
    expect(listed.out).toContain('Acme');
    expect(listed.out).not.toContain('psk_');

    const key = await parley(['operator-key', 'create', 'provisioning', '--scope', 'read', '--json'], env);
    const { id, secret } = JSON.parse(key.out) as { id: string; secret: string };
    expect(secret).toMatch(/^pok_/);
    expect(await parley(['operator-key', 'revoke', id], env)).toMatchObject({ code: 0 });
    const keys = await parley(['operator-key', 'list'], env);
    expect([keys.code, keys.out]).toEqual([0, expect.stringMatching(/provisioning +read +\S+Z +\S+Z/)]);
    expect(keys.out).not.toContain('pok_');

    const dead = await parley(['jobs', 'dead'], env);
    expect([dead.code, dead.out]).toEqual([0, 'No job has failed for good.\n']);
    const redriven = await parley(['jobs', 'redrive', 'search.index', '--json'], env);
    expect([redriven.code, JSON.parse(redriven.out)]).toEqual([0, { job: 'search.index', redriven: 0 }]);
    expect((await parley(['jobs', 'redrive', 'search.nothing'], env)).code).toBe(2);

    const reindexed = await parley(['search', 'reindex', '--json'], env);
    expect([reindexed.code, JSON.parse(reindexed.out)]).toEqual([0, { written: 0 }]);
  }, 120_000);

  it('S39: names a missing variable and shows no secret', async () => {
    const { code, err } = await parley(['tenant', 'list'], { ...env, SECRETS_KEY: 'short-secret' });
    expect([code, err]).toEqual([1, expect.stringContaining('SECRETS_KEY')]);
    expect(err).not.toContain('short-secret');
    expect((await parley(['db:migrate'])).err).toContain('DATABASE_ADMIN_URL');
  });

  it('says in a sentence that PostgreSQL is not there, or does not let it in', async () => {
    const nowhere = new URL(env['DATABASE_URL'] ?? '');
    nowhere.port = '1';
    const gone = await parley(['tenant', 'list'], { ...env, DATABASE_URL: nowhere.href });
    expect(gone).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^PostgreSQL cannot be reached.*\n$/),
    });
    const wrong = new URL(env['DATABASE_URL'] ?? '');
    wrong.password = 'wrong';
    const refused = await parley(['tenant', 'list'], { ...env, DATABASE_URL: wrong.href });
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^PostgreSQL refuses the login.*\n$/),
    });
  });
});
