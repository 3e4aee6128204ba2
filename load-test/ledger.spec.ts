import { Ledger } from './ledger.ts';

const history = [5, 6, 7, 8].map((seq) => ({ seq, id: `m${seq}` }));

function after(...seqs: number[]): { ledger: Ledger; arrivals: string[] } {
  const ledger = new Ledger(4);
  return { ledger, arrivals: seqs.map((seq) => ledger.note(seq, `m${seq}`)) };
}

describe('the ledger of a receiver', () => {
  it('finds nothing where everything came once and in order', () => {
    const { ledger, arrivals } = after(5, 6, 7, 8);
    expect(arrivals).toEqual(['next', 'next', 'next', 'next']);
    expect(ledger.judge(history)).toEqual({ lost: [], mismatched: [] });
  });

  it('leaves out what was there before it listened', () => {
    expect(after(3, 4, 5).arrivals).toEqual(['old', 'old', 'next']);
  });

  it('I6: names what was lost in the middle, and at the end, where no hole shows it', () => {
    expect(after(5, 7).ledger.judge(history).lost).toEqual([6, 8]);
    expect(after().ledger.judge(history).lost).toEqual([5, 6, 7, 8]);
  });

  it('counts a hole that the history does not explain', () => {
    expect(after(5, 7).ledger.judge([history[0]!, history[2]!]).lost).toEqual([6]);
  });

  it('tells a late arrival from a double one', () => {
    const { ledger, arrivals } = after(5, 7, 6, 6, 8, 7);
    expect(arrivals).toEqual(['next', 'ahead', 'late', 'double', 'next', 'double']);
    expect(ledger.judge(history).lost).toEqual([]);
  });

  it('takes the same message under another seq for a double', () => {
    const { ledger } = after(5);
    expect(ledger.note(6, 'm5')).toBe('double');
  });

  it('finds what the history tells differently, and what it does not have', () => {
    const { ledger } = after(5, 6, 7, 8, 9);
    const told = [{ seq: 5, id: 'other' }, ...history.slice(1)];
    expect(ledger.judge(told)).toEqual({ lost: [], mismatched: [5, 9] });
  });

  it('lets a seq pass that holds no message', () => {
    const { ledger } = after(5);
    expect(ledger.note(6)).toBe('next');
    expect(ledger.judge([history[0]!])).toEqual({ lost: [], mismatched: [] });
  });
});
