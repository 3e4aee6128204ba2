import { Story } from '../../test/story';
import { recoveryTimes } from './recovery';

describe('recovery times', () => {
  it('count from the end of a fault to the last reader of what was acked during it', () => {
    const story = new Story('ada', 'ben');
    story.send('ada-1', 'before.it');
    story.add({ type: 'fault-start', fault: 1, kind: 'gateway-kill', target: 'gateway 0' });
    const late = story.send('ada-1', 'during.it', { reaches: (client) => client !== 'ben-1' });
    story.add({ type: 'fault-end', fault: 1, kind: 'gateway-kill' });
    story.pass(499).receive('ben-1', late.seq).rest();
    const [recovery] = recoveryTimes(story.records, story.final());
    expect(recovery).toMatchObject({ kind: 'gateway-kill', faults: 1 });
    expect(recovery?.p99Ms).toBe(501);
  });

  it('leave out who read it as history, after joining later', () => {
    const story = new Story('ada', 'ben');
    story.add({ type: 'fault-start', fault: 1, kind: 'api-kill', target: 'api' });
    story.send('ada-1', 'during.it');
    story.add({ type: 'fault-end', fault: 1, kind: 'api-kill' });
    story.pass(60_000).join('cyd', 1).connect('cyd-1', 'cyd').rest();
    expect(recoveryTimes(story.records, story.final())).toEqual([
      { kind: 'api-kill', faults: 1, p50Ms: 0, p99Ms: 0 },
    ]);
  });
});
