import { renderHtml } from './html.ts';
import { summaryOf, type SummaryData } from './summary.ts';
import { renderText } from './text.ts';

function data(lost: number): SummaryData {
  return {
    state: { testRunDurationMs: 12_345 },
    metrics: {
      lost: {
        contains: 'default',
        values: { count: lost, rate: 0 },
        thresholds: { 'count==0': { ok: lost === 0 } },
      },
      messages_sent: { contains: 'default', values: { count: 1_440, rate: 1 } },
      ack_latency: {
        contains: 'time',
        values: { med: 3.21, 'p(95)': 12.3, 'p(99)': 40, max: 1_200 },
        thresholds: { 'p(95)<300': { ok: true } },
      },
    },
  };
}

describe('the report of the load test', () => {
  it('is green in a word when every threshold holds', () => {
    const summary = summaryOf([['Service', 'http://localhost']], data(0));
    expect(summary).toMatchObject({ ok: true, counts: [{ value: '0' }, { value: '1,440' }] });
    expect(renderText(summary, 'r.html')).toMatch(/^\nGREEN: /);
    expect(renderHtml(summary)).toContain('<strong>Green</strong>');
  });

  it('names what was crossed, first in the table', () => {
    const summary = summaryOf([], data(2));
    expect(summary.verdict).toBe('1 of 2 thresholds crossed: lost 2.');
    expect(renderText(summary, 'r.html')).toMatch(/FAIL {2}Lost +/);
    const html = renderHtml(summary);
    expect(html.indexOf('>fail<')).toBeGreaterThan(0);
    expect(html.indexOf('>fail<')).toBeLessThan(html.indexOf('>pass<'));
  });

  it('shows rules and times with their units', () => {
    const { thresholds, latencies } = summaryOf([], data(0));
    expect(thresholds.map(({ rule, measured }) => [rule, measured])).toEqual([
      ['= 0', '0'],
      ['p(95) < 300 ms', '12 ms'],
    ]);
    expect(latencies[0]?.values).toEqual(['3.2 ms', '12 ms', '40 ms', '1200 ms']);
  });

  it('is not green when nothing was measured', () => {
    expect(summaryOf([], { state: { testRunDurationMs: 0 }, metrics: {} }).ok).toBe(false);
  });

  it('loads nothing and lets no value become markup', () => {
    const html = renderHtml(summaryOf([['Service', '<script src="http://x">']], data(0)));
    expect(html).not.toMatch(/<script|<link[^>]+http|@import|url\(/);
    expect(html).toContain('&#60;script');
  });
});
