export const commandNames = [
  'help',
  'list',
  'open',
  'members',
  'add',
  'leave',
  'history',
  'edit',
  'delete',
  'react',
  'quit',
] as const;
export type CommandName = (typeof commandNames)[number];

export const helpLines: readonly string[] = [
  '/list            your conversations',
  '/open N          open number N of the list',
  '/members         who is in this conversation',
  '/add USER        add somebody',
  '/leave           leave this conversation',
  '/history         older messages',
  '/edit TEXT       change your last message',
  '/delete          delete your last message',
  '/react KEY       react to the last message: an emoji, or a name such as +1',
  '/quit            end (or Ctrl-C)',
  '//text           send text that begins with a slash',
];

/** What a typed line means. */
export type Input =
  | { kind: 'nothing' }
  | { kind: 'text'; text: string }
  | { kind: 'command'; name: CommandName; argument: string }
  | { kind: 'unknown'; name: string };

export function readInput(line: string): Input {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('//')) return { kind: 'text', text: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'text', text };
  const [typed = '', ...rest] = text.slice(1).split(/\s+/);
  const name = commandNames.find((known) => known === typed.toLowerCase());
  return name ? { kind: 'command', name, argument: rest.join(' ') } : { kind: 'unknown', name: typed };
}
