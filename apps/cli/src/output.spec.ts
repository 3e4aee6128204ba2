import { fields, table } from './output';

describe('output', () => {
  it('lines columns up below their headings', () => {
    const rows = [
      { id: 'ada', name: 'Ada', revoked: undefined },
      { id: 'grace', name: null, revoked: 'yes' },
    ];
    expect(table(rows, 'none')).toEqual(['ID     NAME  REVOKED', 'ada    Ada', 'grace        yes']);
    expect(table([], 'none')).toEqual(['none']);
  });

  it('shows one thing, a line per field', () => {
    expect(fields({ id: 'ada', 'signing kid': 'pk_1' })).toEqual(['id           ada', 'signing kid  pk_1']);
  });

  it('lets no name command the terminal', () => {
    expect(table([{ name: '\u001b]0;owned\u0007Ada\n' }], '').join('')).not.toMatch(/\p{Cc}/u);
  });
});
