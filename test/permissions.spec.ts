import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const text = readFileSync(join(root, 'docs/permissions.md'), 'utf8');

/** The rows of a table: what, an answer for each column, the policy. */
function rowsOf(heading: string): { what: string; answers: boolean[]; policy: string }[] {
  const [, section = ''] = text.split(`## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return {
      what: cells[1] ?? '',
      answers: cells.slice(2, -2).map((cell) => cell === 'yes'),
      policy: cells.at(-2)?.replaceAll('`', '') ?? '',
    };
  });
}

describe('who may do what (S12)', () => {
  it('every function of every policy has its row', () => {
    const listed = new Set(
      [...rowsOf('In a conversation'), ...rowsOf('In the tenant')].map(({ policy }) => policy),
    );
    const domains = join(root, 'libs/domain');
    const functions = readdirSync(domains, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.policy.ts'))
      .flatMap((file) => [...readFileSync(join(domains, file), 'utf8').matchAll(/^export function (\w+)/gm)])
      .map(([, name]) => name ?? '');
    expect(functions.length).toBeGreaterThan(20);
    // Those that are no question of a role.
    const rest = functions.filter((name) => !listed.has(name));
    expect(rest.sort()).toEqual([
      'assertAllowed',
      'assertFitsKind',
      'assertOwnerRemains',
      'entriesFor',
      'isListed',
      'namesGroup',
      'ownOrigins',
    ]);
  });

  it('who stands higher in a conversation may do no less', () => {
    for (const { what, answers } of rowsOf('In a conversation')) {
      const people = answers.slice(0, 4);
      expect({ what, people }).toEqual({ what, people: [...people].sort((a, b) => Number(b) - Number(a)) });
    }
  });

  it('who stands higher in the tenant may do no less, and a key without scopes does nothing', () => {
    for (const { what, answers } of rowsOf('In the tenant')) {
      const people = answers.slice(0, 3);
      expect({ what, people }).toEqual({ what, people: [...people].sort((a, b) => Number(a) - Number(b)) });
      const [all, none] = answers.slice(3);
      // Presence is a person's: a key has it only for its user.
      expect({ what, all, none: none && !what.startsWith('see users one shares') }).toEqual({
        what,
        all: !what.includes('presence'),
        none: false,
      });
    }
  });

  it('guests do nothing to others', () => {
    const allowed = rowsOf('In a conversation').filter(({ answers }) => answers[3]);
    expect(allowed.map(({ what }) => what)).toEqual([
      'read',
      'send and edit, where everyone may post',
      'edit a message of one’s own',
      'delete a message of one’s own',
      'read what a message said before',
      'react',
      'leave',
    ]);
  });
});
