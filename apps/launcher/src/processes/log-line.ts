/** One line that a child printed, as the launcher understands it. */
export interface LogLine {
  level: 'error' | 'warn' | 'info' | 'debug';
  message: string;
}

/** What surrounds the sentence of an error that Node itself prints: places in the code, its own version. */
const trace = /^(\s|[{}^]|throw |node:|Node\.js v|$)/;

/** Understands the processes' JSON lines; anything else is what Node itself or a library printed. */
export function readLogLine(text: string, stream: 'stdout' | 'stderr'): LogLine {
  const entry = parseEntry(text);
  if (!entry) return { level: levelOfPlain(text, stream), message: text };
  const parts = [entry['message'], entry['event'], entry['code'], errorText(entry['error'])];
  const message = [...new Set(parts.filter((part) => typeof part === 'string' && part !== ''))].join(' · ');
  return { level: levelOf(entry['level']), message: message || text };
}

function parseEntry(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function levelOfPlain(text: string, stream: 'stdout' | 'stderr'): LogLine['level'] {
  if (stream === 'stdout') return 'info';
  return trace.test(text) ? 'debug' : 'warn';
}

function levelOf(level: unknown): LogLine['level'] {
  switch (level) {
    case 'error':
    case 'warn':
    case 'info':
      return level;
    default:
      return 'debug';
  }
}

function errorText(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
}
