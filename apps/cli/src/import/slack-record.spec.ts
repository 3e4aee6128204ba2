import { parseChannels, parseMessages, parseUsers } from './slack-record';

const good = { type: 'message', user: 'U00000001', text: 'hello', ts: '1500000001.000100' };
const file = 'general/2017-07-14.json';
const read = (...records: unknown[]): unknown => parseMessages(file, JSON.stringify(records));

describe('parseMessages', () => {
  it('takes records with fields that it does not know', () => {
    expect(read({ ...good, reactions: [{ name: 'wave' }], edited: null })).toHaveLength(1);
  });

  it('overlooks what is odd about decoration', () => {
    expect(read({ ...good, user_profile: 'none', username: 7, files: {} })).toMatchObject([
      { text: 'hello' },
    ]);
  });

  it.each([
    ['a missing ts', { ...good, ts: undefined }, 'field ts: expected text, found nothing'],
    ['a ts that is a number', { ...good, ts: 1500000001.0001 }, 'field ts: expected text, found a number'],
    ['a ts of another form', { ...good, ts: 'yesterday' }, 'field ts: expected a time of Slack'],
    [
      'a thread_ts of another form',
      { ...good, thread_ts: '15' },
      'field thread_ts: expected a time of Slack',
    ],
    ['text that is an object', { ...good, text: {} }, 'field text: expected text, found an object'],
    ['a user that is a list', { ...good, user: ['U1'] }, 'field user: expected an id of Slack, found a list'],
    ['a user that forges', { ...good, user: 'U1\u001b[2J' }, 'field user: expected an id of Slack'],
    ['a missing type', { ...good, type: undefined }, 'field type: expected text, found nothing'],
  ])('names file, record and field for %s', (_, record, problem) => {
    expect(() => read(good, record)).toThrow(`${file}, record 2, ${problem}`);
  });

  it('names the record that is no object, and a file that is no list', () => {
    expect(() => read(good, good, null)).toThrow(`${file}, record 3: expected an object, found null`);
    expect(() => parseMessages(file, '{"a": 1}')).toThrow(`${file}, line 1, column 1: expected a list`);
  });

  it('names line and column of broken JSON', () => {
    const text = JSON.stringify([good], null, 2).replace('"text"', 'text');
    expect(() => parseMessages(file, text)).toThrow(`${file}, line 5, column 5: this is not valid JSON`);
  });
});

describe('parseUsers and parseChannels', () => {
  it('refuse ids that are none', () => {
    expect(() => parseUsers('users.json', '[{"id": "../x"}]')).toThrow(
      'users.json, record 1, field id: expected an id',
    );
    expect(() => parseChannels('channels.json', '[{"id": "C1", "members": ["U1", 2]}]')).toThrow(
      'channels.json, record 1, field members.1: expected text, found a number',
    );
  });

  it('refuse a name that is a path', () => {
    const text = '[{"id": "C1", "name": "../general"}]';
    expect(() => parseChannels('channels.json', text)).toThrow('field name: expected a name without slashes');
  });
});
