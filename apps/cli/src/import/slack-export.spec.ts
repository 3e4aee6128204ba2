import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { slackHistory, zipFolder, zipOf } from '@parley/testing';
import { SlackArchive } from './slack-archive';
import { readExport } from './slack-export';
import { survey, type SlackSurvey } from './slack-reader';

const fixture = resolve('test/fixtures/slack-export');
const lists = {
  'users.json': '[{"id": "U1", "name": "ada"}]',
  'channels.json': '[{"id": "C1", "name": "general", "members": ["U1"]}]',
};
const said = (ts: string, more: object = {}): object => ({
  type: 'message',
  user: 'U1',
  text: 'hello',
  ts,
  ...more,
});

describe('a Slack export', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slack-export-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function surveyOf(zip: Buffer): Promise<SlackSurvey> {
    const path = join(folder, 'export.zip');
    writeFileSync(path, zip);
    const archive = await SlackArchive.open(path);
    try {
      return await survey(archive, await readExport(archive));
    } finally {
      archive.close();
    }
  }

  it('is read with all its kinds of conversations, and everything that is skipped has a reason', async () => {
    const found = await surveyOf(zipFolder(fixture));
    expect(found.conversations.map(({ id, kind, title, messages }) => [id, kind, title, messages])).toEqual([
      ['C00000001', 'channel', 'general', 6],
      ['G00000001', 'group', 'garden-club', 1],
      ['G00000002', 'group', undefined, 1],
      ['D00000001', 'group', undefined, 1],
    ]);
    expect(found).toMatchObject({ records: 12, messages: 9, replies: 3 });
    expect(Object.fromEntries(found.skipped)).toEqual({
      'event (channel_join)': 1,
      empty: 1,
      'only files or attachments': 1,
    });
    expect(Object.fromEntries(found.notes)).toEqual({ 'thread root missing': 1 });
  });

  it('brings everybody who wrote, also those whom it does not list', async () => {
    const found = await surveyOf(zipFolder(fixture));
    expect(found.users).toEqual([
      { id: 'U00000001', name: 'Ada' },
      { id: 'U00000002', name: 'Ben Birke' },
      { id: 'U00000003', name: 'cyd' },
      { id: 'U00000009', name: 'Nin Nelke' },
      { id: 'B00000001', name: 'builds' },
    ]);
    expect(found.conversations[0]?.participants).toEqual([
      'U00000001',
      'U00000002',
      'U00000009',
      'B00000001',
    ]);
  });

  it('brings members whom it does not list, and takes a day in the order of its times', async () => {
    const day = [said('1500000002.000000', { thread_ts: '1500000001.000000' }), said('1500000001.000000')];
    const found = await surveyOf(
      zipOf({
        ...lists,
        'channels.json': '[{"id": "C1", "name": "general", "members": ["U7"]}]',
        'general/2017-07-14.json': JSON.stringify(day),
      }),
    );
    expect(found.users).toEqual([{ id: 'U1', name: 'ada' }, { id: 'U7' }]);
    expect(found).toMatchObject({ replies: 1, notes: new Map() });
  });

  it('counts files of folders that no list names', async () => {
    const found = await surveyOf(
      zipOf({ ...lists, 'lost/2017-07-14.json': '[]', 'general/canvas.json': '{}' }),
    );
    expect(found.unlisted).toEqual(['lost/2017-07-14.json']);
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['a list that is missing', { 'channels.json': '[]' }, 'users.json is missing in the export'],
    ['no list of conversations', { 'users.json': '[]' }, 'channels.json is missing in the export'],
    [
      'a broken day',
      { ...lists, 'general/2017-07-14.json': '[\n{"type": }]' },
      'general/2017-07-14.json, line 2, column 10',
    ],
    [
      'bytes that are no text',
      { ...lists, 'general/2017-07-14.json': Buffer.from([0x5b, 0xff]) },
      'is not text in UTF-8',
    ],
    [
      'an entry without end',
      { ...lists, 'general/2017-07-14.json': Buffer.alloc(65 * 1024 * 1024, ' ') },
      'general/2017-07-14.json is larger than 64 MiB',
    ],
    [
      'a path that leads out',
      { ...lists, '../general/2017-07-14.json': '[]' },
      'cannot be read as a zip file',
    ],
  ])('is refused with one sentence for %s', async (_, files, sentence) => {
    await expect(surveyOf(zipOf(files))).rejects.toThrow(sentence);
  });

  it('is refused when it is no zip file, is cut off or damaged', async () => {
    await expect(surveyOf(Buffer.from('hello'))).rejects.toThrow('cannot be read as a zip file');
    const whole = zipFolder(fixture);
    await expect(surveyOf(whole.subarray(0, whole.length - 40))).rejects.toThrow(
      'cannot be read as a zip file',
    );
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 60, 90);
    await expect(surveyOf(damaged)).rejects.toThrow('cannot be read as a zip file');
    await expect(SlackArchive.open(join(folder, 'none.zip'))).rejects.toThrow('none.zip does not exist');
    await expect(SlackArchive.open(folder)).rejects.toThrow('is a folder');
  });
});

describe('slackHistory', () => {
  it('repeats a history by its seed, in the shape of a real one', async () => {
    const size = { messages: 3_000, users: 80, channels: 2 };
    const zip = slackHistory(7, size);
    expect(slackHistory(7, size).equals(zip)).toBe(true);
    expect(slackHistory(8, size).equals(zip)).toBe(false);
    const path = join(mkdtempSync(join(tmpdir(), 'slack-history-')), 'export.zip');
    writeFileSync(path, zip);
    const archive = await SlackArchive.open(path);
    const found = await survey(archive, await readExport(archive));
    archive.close();
    rmSync(join(path, '..'), { recursive: true });
    expect(found).toMatchObject({ records: 3_000, messages: 3_000, skipped: new Map(), notes: new Map() });
    expect(found.users).toHaveLength(80);
    expect(found.replies / found.messages).toBeGreaterThan(0.48);
    expect(found.replies / found.messages).toBeLessThan(0.6);
  });
});
