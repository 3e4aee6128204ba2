import type { MessageView } from '@parley/contracts/wire';
import { fit, harmless, joinNames, messageLine } from './chat-lines';
import { Palette } from './palette';

const message = {
  sender: 'ada',
  text: 'one\ntwo',
  replyTo: null,
  threadRoot: null,
  at: '2026-01-02T03:04:05Z',
};

describe('lines of the chat', () => {
  it('takes out of a text what would steer the terminal', () => {
    expect(harmless('a\u001b[31mb\u0007c\u009bd\u202ee\r\nf\tg')).toBe('a[31mbcde\nf  g');
    expect(harmless('👩‍👩‍👧 日本')).toBe('👩‍👩‍👧 日本');
  });

  it('takes the same out of names', () => {
    const line = messageLine(message as MessageView, () => 'A\u001b]0;x\u0007da', new Palette(false));
    expect(line).toMatch(/^\d\d:\d\d {2}A\]0;xda: one\n {7}two$/);
  });

  it('says how many replies a message has', () => {
    const thread = { replies: 2, lastReplyAt: message.at, lastSeq: 7 };
    const line = messageLine({ ...message, thread } as MessageView, () => 'Ada', new Palette(false));
    expect(line).toMatch(/two {2}\[2 replies\]$/);
  });

  it('cuts a text to one row, where wide characters count twice', () => {
    expect(fit('hello', 10)).toBe('hello');
    expect(fit('hello\nworld', 8)).toBe('hello …');
    expect(fit('日本語日本語', 8)).toBe('日本語…');
    expect(fit('x'.repeat(500), Infinity)).toHaveLength(500);
  });

  it('paints only where colours are wanted, and a user always the same', () => {
    const palette = new Palette(true);
    expect(palette.user('ada', 'Ada')).toBe(palette.user('ada', 'Ada'));
    expect(palette.user('ada', 'Ada')).toContain('\u001b[');
    expect(new Palette(false).user('ada', 'Ada')).toBe('Ada');
  });

  it.each([
    [[], 'Nobody'],
    [['Ada'], 'Ada'],
    [['Ada', 'Bo'], 'Ada and Bo'],
    [['Ada', 'Bo', 'Cy'], 'Ada, Bo and Cy'],
    [['Ada', 'Bo', 'Cy', 'Di'], 'Ada, Bo and 2 others'],
  ])('joins %j', (names, expected) => {
    expect(joinNames(names)).toBe(expected);
  });
});
