import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@parley/testing';
import { Launched } from '../apps/launcher/test/launched';
import { BentEntrance } from './bent-entrance';
import { crossed, findK6, runLoadTest, type LoadTestRun } from './k6';

jest.setTimeout(120_000);

/** What k6 ends with when a threshold is crossed. */
const crossedCode = 99;
const seconds = 10;
const lastMessage = 5;

describe('k6 run load-test.js', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-load-test-'));
  const dataDir = join(folder, 'data');
  let k6: string;
  let url: string;
  let launched: Launched | undefined;
  let entrance: BentEntrance | undefined;

  beforeAll(async () => {
    k6 = await findK6();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    launched = new Launched(dataDir, port);
    await launched.ready();
  }, 60_000);
  afterEach(async () => {
    await entrance?.close();
    entrance = undefined;
  });
  afterAll(async () => {
    launched?.interrupt();
    await launched?.ended;
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  async function run(settings: Record<string, string> = {}): Promise<LoadTestRun & { html: string }> {
    const report = join(folder, 'report.html');
    rmSync(report, { force: true });
    const given = { PARLEY_DATA_DIR: dataDir, SECONDS: String(seconds), REPORT: report };
    const ended = await runLoadTest(k6, { ...given, ...settings });
    return { ...ended, html: existsSync(report) ? readFileSync(report, 'utf8') : '' };
  }

  async function runBent(bend: (frame: string) => string[]): Promise<LoadTestRun & { html: string }> {
    entrance = await BentEntrance.listen({ url, bend });
    return run({ BASE_URL: entrance.url });
  }

  it('is green against what npm start gives, and again with the same users', async () => {
    for (let round = 1; round <= 2; round += 1) {
      const { code, output, html } = await run();
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('GREEN') });
      expect(html).toContain('<strong>Green</strong>');
      expect(html).not.toMatch(/src=|@import|url\(|href="(?!data:)/);
    }
  });

  it('is red when one message is lost, also the last one of a conversation', async () => {
    const last = once((frame) => isCreated(frame, lastMessage, 'load-test-1-2'));
    const ended = await runBent((frame) => (last(frame) ? [] : [frame]));
    expectRed(ended, ['Lost', 'Messages delivered']);
    expect(ended.output).toMatch(
      /LOST: seq \d+ of conversation \S+ at load-test-1-1 \(socket.io\) never arrived/,
    );
  });

  it('is red when one message arrives twice', async () => {
    const doubled = once((frame) => isCreated(frame, 3, 'load-test-1-2'));
    const ended = await runBent((frame) => (doubled(frame) ? [frame, frame] : [frame]));
    expectRed(ended, ['Duplicated']);
    expect(ended.output).toMatch(/DUPLICATED: .* arrived again/);
  });

  it('is red when two messages change places', async () => {
    const first = once((frame) => isCreated(frame, 3, 'load-test-1-1'));
    const second = once((frame) => isCreated(frame, 3, 'load-test-1-2'));
    let held: string | undefined;
    const ended = await runBent((frame) => {
      if (first(frame)) {
        held = frame;
        return [];
      }
      if (held === undefined || !second(frame)) return [frame];
      return [frame, held];
    });
    expectRed(ended, ['Out of order']);
    expect(ended.output).toMatch(/OUT OF ORDER: .* arrived after a later one/);
  });
});

/** Times apart: how late something is depends on the machine. */
function expectRed(ended: LoadTestRun & { html: string }, names: string[]): void {
  const broken = crossed(ended).filter((name) => !/latency|response/.test(name));
  expect({ code: ended.code, broken, output: ended.output }).toMatchObject({
    code: crossedCode,
    broken: names,
  });
  expect(ended.output).toContain('RED: ');
  expect(ended.html).toContain('<strong>Red</strong>');
  for (const name of names)
    expect(ended.html).toMatch(new RegExp(`>fail</span></td><th scope="row">${name}`));
}

/** This delivery, at the user who listens by Socket.IO in the first pair. */
function isCreated(frame: string, message: number, sender: string): boolean {
  return frame.startsWith('42["message.created"') && frame.includes(`Message ${message} of ${sender}.`);
}

/** True for the first frame that fits, false ever after. */
function once(fits: (frame: string) => boolean): (frame: string) => boolean {
  let isOver = false;
  return (frame) => {
    if (isOver || !fits(frame)) return false;
    isOver = true;
    return true;
  };
}
