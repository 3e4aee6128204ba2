import { Writable } from 'node:stream';
import { runInRequest } from '../request-context';
import { createLogger, type Log } from './log';

function logInto(lines: string[], format: 'json' | 'pretty' = 'json'): Log {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(...chunk.toString('utf8').split('\n').filter(Boolean));
      done();
    },
  });
  return createLogger({ process: 'api', level: 'debug', format, stream });
}

function parse(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? '') as Record<string, unknown>;
}

const canary = 'cAnArY7f3e';
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0${canary}.sig${canary}`;

describe('redaction (S37)', () => {
  it.each([
    [
      'a secret by its name',
      { accessToken: canary, Authorization: canary, set_cookie: canary, apiKey: canary },
    ],
    ['the text of a message', { text: canary, body: { a: canary }, email: `${canary}@example.com` }],
    ['a nested secret', { options: { headers: { cookie: canary } } }],
    ['a JWT anywhere in a text', { reason: `refused ${jwt} at once` }],
    ['a server key', { reason: `psk_${canary} is revoked` }],
    ['an authorization header in a text', { reason: `got "Authorization: Bearer ${canary}"` }],
    ['the password of a connection string', { url: `postgresql://app:${canary}@db:5432/parley` }],
    ['a query string', { url: `https://files.example.com/a/b?X-Amz-Signature=${canary}` }],
    ['a query string of a path', { path: `/v1/messages?q=${canary}` }],
    ['an assignment in a text', { reason: `failed with password=${canary} and api_key: ${canary}` }],
    ['a mail address', { reason: `no such person: ${canary}@example.com` }],
  ])('hides %s', (_, fields) => {
    for (const format of ['json', 'pretty'] as const) {
      const lines: string[] = [];
      logInto(lines, format).info('test.event', fields);
      expect(lines).toHaveLength(1);
      expect(lines.join()).not.toContain(canary);
    }
  });

  it('hides secrets in errors, their causes and their stacks', () => {
    const lines: string[] = [];
    const cause = new Error(`connect postgresql://app:${canary}@db failed`);
    logInto(lines).error('test.failed', { error: new Error(`token=${canary}`, { cause }) });
    expect(lines.join()).not.toContain(canary);
    const error = parse(lines[0])['error'] as Record<string, unknown>;
    expect(error).toMatchObject({ name: 'Error', cause: { name: 'Error' } });
    expect(error['stack']).toMatch(/^at /);
  });

  it('keeps the code of a database error, and never its parameters', () => {
    const lines: string[] = [];
    const log = logInto(lines);
    const pgError = Object.assign(new Error(`invalid input syntax for type uuid: "${canary}"`), {
      code: '22P02',
      detail: `Key (id)=(${canary})`,
      table: 'message',
    });
    const prismaError = Object.assign(new Error(`Invalid invocation: where: { name: ${canary} }`), {
      name: 'PrismaClientValidationError',
      meta: { modelName: 'User', target: canary },
    });
    log.error('test.failed', { error: pgError });
    log.error('test.failed', { error: prismaError });
    log.forNest().error(prismaError, undefined, 'Nest');
    expect(lines.join()).not.toContain(canary);
    expect(parse(lines[0])['error']).toMatchObject({
      code: '22P02',
      message: expect.stringContaining('(message)') as string,
    });
    expect(parse(lines[2])).toMatchObject({ event: 'nest.log', context: 'Nest', level: 'error' });
  });

  it('lets no value begin a line of its own', () => {
    const forged = 'a\r\n{"event":"forged"}\u2028\u001b[31m';
    for (const format of ['json', 'pretty'] as const) {
      const lines: string[] = [];
      logInto(lines, format).info('test.event', { message: forged, name: forged, userId: forged });
      expect(lines).toHaveLength(1);
      // eslint-disable-next-line no-control-regex -- what must have been encoded
      expect(lines[0]).not.toMatch(/[\r\n\u2028]|\u001b\[31m/);
    }
  });
});

describe('a log line', () => {
  it('names time, level, process and event, and leaves ordinary fields alone', () => {
    const lines: string[] = [];
    logInto(lines).info('socket.connected', {
      tenantId: 't1',
      userId: 'ada',
      connectionId: 'c-1',
      sockets: 3,
      tokens: 2,
    });
    expect(parse(lines[0])).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      level: 'info',
      process: 'api',
      event: 'socket.connected',
      tenantId: 't1',
      userId: 'ada',
      connectionId: 'c-1',
      sockets: 3,
      tokens: 2,
    });
  });

  it('takes the ids of the HTTP request that it was written for', () => {
    const lines: string[] = [];
    const log = logInto(lines);
    runInRequest({ requestId: 'r-1', actor: () => ({ tenantId: 't1', userId: 'ada' }) }, () => {
      log.info('message.sent');
      log.forNest().log('from Nest', 'Router');
    });
    expect(parse(lines[0])).toMatchObject({ requestId: 'r-1', tenantId: 't1', userId: 'ada' });
    expect(parse(lines[1])).toMatchObject({ requestId: 'r-1', event: 'nest.log', message: 'from Nest' });
  });

  it('takes every level that Nest knows; verbose is below the lowest', () => {
    const lines: string[] = [];
    const nest = logInto(lines).forNest();
    nest.fatal?.('f');
    nest.error('e');
    nest.warn('w');
    nest.debug?.('d');
    nest.verbose?.('v');
    expect(lines.map((line) => parse(line)['level'])).toEqual(['error', 'error', 'warn', 'debug']);
  });

  it('survives a reader that went away, and values that cannot be serialized', () => {
    const lines: string[] = [];
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    logInto(lines).info('test.event', {
      circular,
      big: 10n,
      fn: () => 1,
      date: new Date(0),
      bad: new Date(NaN),
    });
    expect(parse(lines[0])).toMatchObject({ big: '10', date: '1970-01-01T00:00:00.000Z', bad: null });
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const log = createLogger({ process: 'api', level: 'info', format: 'json', stream: broken });
    expect(() => log.info('test.event')).not.toThrow();
  });
});
