import { z } from 'zod';
import { jsonErrorPosition } from './json-position';
import { SlackFileError } from './slack-file.error';

const slackId = z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'expected an id of Slack, such as "U024BE7LH"');
const timestamp = z
  .string()
  .regex(/^\d{10}\.\d{6}$/, 'expected a time of Slack, such as "1506102947.000072"');
/** Decoration: whatever is odd about it is no reason to refuse a file. */
const label = z.string().nullish().catch(undefined);
const profile = z
  .looseObject({ display_name: label, real_name: label, name: label })
  .nullish()
  .catch(undefined);

const userRecord = z.looseObject({ id: slackId, name: label, real_name: label, profile });
const channelRecord = z.looseObject({
  id: slackId,
  name: z
    .string()
    .regex(/^[^/\\]+$/, 'expected a name without slashes')
    .optional(),
  created: z.number().int().positive().max(9_999_999_999).nullish(),
  members: z.array(slackId).nullish(),
});
const messageRecord = z.looseObject({
  type: z.string(),
  subtype: z.string().nullish(),
  ts: timestamp,
  thread_ts: timestamp.nullish(),
  user: z.union([slackId, z.literal('')]).nullish(),
  bot_id: z.union([slackId, z.literal('')]).nullish(),
  text: z.string().nullish(),
  username: label,
  user_profile: profile,
  bot_profile: profile,
  files: z.array(z.unknown()).nullish().catch(undefined),
  attachments: z.array(z.unknown()).nullish().catch(undefined),
});

/** The fields of Slack's records that the import reads; others may be there. */
export type SlackUser = z.infer<typeof userRecord>;
export type SlackChannel = z.infer<typeof channelRecord>;
export type SlackRecord = z.infer<typeof messageRecord>;

/** Each reads one file whole. @throws SlackFileError with the first mistake and its place */
export const parseUsers = (file: string, text: string): SlackUser[] => parse(file, text, z.array(userRecord));
export const parseChannels = (file: string, text: string): SlackChannel[] =>
  parse(file, text, z.array(channelRecord));
export const parseMessages = (file: string, text: string): SlackRecord[] =>
  parse(file, text, z.array(messageRecord));

function parse<T>(file: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const { line, column } = jsonErrorPosition(text);
    throw new SlackFileError(file, 'this is not valid JSON', `line ${line}, column ${column}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new SlackFileError(file, describe(issue, json), placeOf(issue?.path ?? []));
}

function placeOf([index, ...fields]: PropertyKey[]): string {
  if (index === undefined) return 'line 1, column 1';
  const record = `record ${Number(index) + 1}`;
  return fields.length === 0 ? record : `${record}, field ${fields.map(String).join('.')}`;
}

const expectedNames: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'an object',
  number: 'a number',
};

function describe(issue: z.core.$ZodIssue | undefined, json: unknown): string {
  if (issue === undefined) return 'it is not of the expected form';
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)[key],
    json,
  );
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectedNames[issue.expected] ?? issue.expected}, found ${nameOf(found)}`;
    case 'invalid_union':
      return `expected an id of Slack, found ${nameOf(found)}`;
    default:
      return issue.message;
  }
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'other text' : `a ${typeof value}`;
}
