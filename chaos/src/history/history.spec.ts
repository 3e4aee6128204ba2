import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { History, readHistory } from './history';

describe('the history', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-history-'));

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read back from its file as it was, in time that never runs backwards', () => {
    const file = join(folder, 'whole.jsonl');
    const history = new History(file);
    const call = history.invoke('ada-1', 'ada', { name: 'send', conversation: 'c', key: 'k', body: 'b' });
    call.ok({ name: 'send', id: 'm1', seq: 1, duplicate: false });
    history.add({ type: 'mark', name: 'quiet' });
    history.close();
    expect(readHistory(file)).toEqual(history.records);
    const times = history.records.map(({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('leaves out a torn last line', () => {
    const file = join(folder, 'torn.jsonl');
    const history = new History(file);
    history.add({ type: 'mark', name: 'quiet' });
    history.close();
    appendFileSync(file, '{"t":12,"type":"ma');
    expect(readHistory(file)).toEqual(history.records);
  });

  it('never writes over another one', () => {
    const file = join(folder, 'kept.jsonl');
    new History(file).close();
    expect(() => new History(file)).toThrow('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});
