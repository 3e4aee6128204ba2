import { readLogLine } from './log-line';

describe('reading a log line', () => {
  it.each([
    [
      '{"level":"error","message":"no database","event":"process.failed"}',
      'error',
      'no database · process.failed',
    ],
    ['{"level":"warn","message":"slow","error":{"message":"timeout"}}', 'warn', 'slow · timeout'],
    ['{"level":"verbose","message":"x"}', 'debug', 'x'],
  ])('understands %s', (text, level, message) => {
    expect(readLogLine(text, 'stdout')).toEqual({ level, message });
  });

  it('takes what is not one of ours as it is', () => {
    expect(readLogLine('{broken', 'stdout')).toEqual({ level: 'info', message: '{broken' });
    expect(readLogLine('Error: out of memory', 'stderr')).toEqual({
      level: 'warn',
      message: 'Error: out of memory',
    });
    expect(readLogLine('{"level":"error"}', 'stdout')).toEqual({
      level: 'error',
      message: '{"level":"error"}',
    });
  });

  it('finds the sentence in what Node prints when a process fails', () => {
    const printed = [
      'node:internal/modules/cjs/loader:1210',
      '  throw err;',
      '  ^',
      '',
      "Error: Cannot find module 'x'",
      '    at Module._load (node:internal/modules/cjs/loader:1038:27)',
      "  code: 'MODULE_NOT_FOUND',",
      '}',
      'Node.js v20.20.2',
    ];
    const problems = printed.filter((line) => readLogLine(line, 'stderr').level === 'warn');
    expect(problems).toEqual(["Error: Cannot find module 'x'"]);
  });
});
