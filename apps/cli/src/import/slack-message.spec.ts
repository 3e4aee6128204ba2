import { limits } from '@parley/contracts/wire';
import { cutToBytes, toImportMessage, type ConvertedMessage, type MessageContext } from './slack-message';
import type { SlackRecord } from './slack-record';

const context: MessageContext = {
  channelId: 'C00000001',
  names: { user: (id) => (id === 'U00000001' ? 'Ada' : undefined), channel: () => undefined },
  threadRoot: (ts) => (ts === '1500000000.000100' ? 'U00000001' : undefined),
};

const record = (more: Partial<SlackRecord> = {}): SlackRecord => ({
  type: 'message',
  user: 'U00000002',
  text: 'hello',
  ts: '1500000001.123456',
  ...more,
});

function convert(more: Partial<SlackRecord>): ConvertedMessage {
  const outcome = toImportMessage(record(more), context);
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

describe('toImportMessage', () => {
  it('keeps names, time and text', () => {
    expect(convert({ text: 'hello <@U00000001>' })).toEqual({
      message: {
        conversationKey: 'slack.C00000001',
        sender: 'U00000002',
        clientMessageId: 'slack.C00000001.1500000001.123456',
        text: 'hello @Ada',
        at: '2017-07-14T02:40:01.123Z',
        mentions: [{ userId: 'U00000001' }],
      },
      notes: [],
    });
  });

  it('names the root of a thread by its sender and time', () => {
    expect(convert({ thread_ts: '1500000000.000100' }).message.threadRoot).toEqual({
      sender: 'U00000001',
      clientMessageId: 'slack.C00000001.1500000000.000100',
    });
  });

  it('takes a message that began a thread for no reply', () => {
    expect(convert({ thread_ts: '1500000001.123456' })).toMatchObject({
      message: { text: 'hello' },
      notes: [],
    });
    expect(convert({ thread_ts: '1500000001.123456' }).message).not.toHaveProperty('threadRoot');
  });

  it('imports a reply whose root is not there outside its thread, and notes it', () => {
    const { message, notes } = convert({ thread_ts: '1400000000.000000' });
    expect(message).not.toHaveProperty('threadRoot');
    expect(notes).toEqual(['thread root missing']);
  });

  it('takes bots by their own ids, and what is said with a subtype', () => {
    expect(convert({ subtype: 'bot_message', user: null, bot_id: 'B1' }).message.sender).toBe('B1');
    expect(convert({ subtype: 'me_message' }).message.text).toBe('hello');
  });

  it.each<[string, Partial<SlackRecord>]>([
    ['empty', { text: '' }],
    ['empty', { text: null }],
    ['empty', { text: ' \n' }],
    ['only files or attachments', { text: '', files: [{}] }],
    ['only files or attachments', { text: '', attachments: [{}] }],
    ['no sender', { user: '' }],
    ['event (channel_join)', { subtype: 'channel_join' }],
    ['event (tombstone)', { subtype: 'tombstone' }],
    ['event (user_typing)', { type: 'user_typing' }],
  ])('skips a record and says why: %s', (reason, more) => {
    expect(toImportMessage(record(more), context)).toBe(reason);
  });

  it('replaces what cannot be stored, and notes it', () => {
    const { message, notes } = convert({ text: 'a\u0000b \ud83d c 😀' });
    expect(message.text).toBe('a\ufffdb \ufffd c 😀');
    expect(notes).toEqual(['characters replaced']);
  });

  it('cuts a text of 20 KiB at the limit, and keeps its size', () => {
    const { message, notes } = convert({ text: 'ä'.repeat(10 * 1024) });
    expect(Buffer.byteLength(message.text)).toBeLessThanOrEqual(limits.messageTextMaxBytes);
    expect(Buffer.byteLength(message.text)).toBeGreaterThan(limits.messageTextMaxBytes - 4);
    expect(message.text.endsWith('ä…')).toBe(true);
    expect(message.metadata).toEqual({ originalBytes: 20 * 1024 });
    expect(notes).toEqual(['text cut to 16 KiB']);
  });

  it('names at most as many mentions as a message may have', () => {
    const text = Array.from({ length: 150 }, (_, n) => `<@U${n}>`).join(' ');
    expect(convert({ text }).message.mentions).toHaveLength(limits.mentionsPerMessage);
  });
});

describe('cutToBytes', () => {
  it.each([4, 5, 6, 7, 8, 9, 10, 11])('cuts between characters at %d bytes', (bytes) => {
    const cut = cutToBytes('a😀ä😀bcdef', bytes);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
    expect(cut).not.toContain('\ufffd');
  });
});
