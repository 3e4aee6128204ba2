const redacted = '[redacted]';

/** Fields whose value is a secret or a person's words, by a part of the name or by the whole of it. */
const secretName = /token|secret|passw|authorization|cookie|api-?_?key|signature|private-?_?key|credential/i;
const contentName = /^(text|body|content|email|payload|query|params|parameters|values)$/i;

const patterns: readonly (readonly [RegExp, string])[] = [
  // A connection string, or any URL that carries a password.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]+@/gi, `$1:${redacted}@`],
  [/((?:[a-z][a-z0-9+.-]*:\/|(?<=^|[\s"'(]))\/[^\s?"']*)\?[^\s"')]*/gi, `$1?${redacted}`],
  [/\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,2}/g, redacted],
  [/\bpsk_[A-Za-z0-9_-]+/g, redacted],
  [/\b(Bearer|Basic)\s+[^\s"',]+/gi, `$1 ${redacted}`],
  [
    /\b([\w-]*(?:token|secret|passw(?:or)?d|api_?key|cookie|signature)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
    `$1${redacted}`,
  ],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[email]'],
];

/** Whether a field of this name is never written, whatever it holds. */
function isSecretName(name: string): boolean {
  return secretName.test(name) || contentName.test(name);
}

/** The text without tokens, passwords, query strings and mail addresses that it may quote. */
export function redactText(text: string): string {
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** The value of a log field, made safe: secrets replaced by name and by form, depth and length limited. */
export function redactValue(name: string, value: unknown, depth = 0): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (isSecretName(name)) return redacted;
  if (typeof value === 'string')
    return redactText(value.length > 2_000 ? `${value.slice(0, 2_000)}…` : value);
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'object' && depth < 3 ? redactObject(name, value, depth + 1) : `[${typeof value}]`;
}

function redactObject(name: string, value: object, depth: number): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redactValue(name, item, depth));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(key, item, depth)]));
}
