import { z } from 'zod';
import type { Setting } from './setting';

interface JsonForm {
  type?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
}

/** The expected form of a setting in words: "a whole number from 1 to 200". */
export function formOf(setting: Setting): string {
  const form = z.toJSONSchema(setting.schema, { unrepresentable: 'any' }) as JsonForm;
  const words = form.description ?? wordsFor(form);
  return setting.example === undefined || form.enum ? words : `${words} such as ${setting.example}`;
}

function wordsFor(form: JsonForm): string {
  if (form.enum) return `one of ${form.enum.map(String).join(', ')}`;
  switch (form.type) {
    case 'integer':
      return `a whole number${range(form)}`;
    case 'number':
      return `a number${range(form)}`;
    case 'boolean':
      return 'true or false';
    default:
      if (form.format === 'uri') return 'a URL';
      return form.minLength && form.minLength > 1 ? `text of at least ${form.minLength} characters` : 'text';
  }
}

function range({ minimum, maximum }: JsonForm): string {
  // Zod bounds every integer by what a double holds exactly; that is no limit a person wants to read.
  const from = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` of at least ${from}`;
  return to === undefined ? '' : ` of at most ${to}`;
}
