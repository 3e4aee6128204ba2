import type { ConversationSync, DurableEvent } from '@parley/contracts/wire';
import { RawTimeline } from './raw-timeline';

const place = { conversationId: 'talk', actor: null, at: '' };

function said(seq: number): DurableEvent {
  return { id: `m${seq}`, type: 'message.created', seq, ...place, data: {} as never };
}

function joined(seq: number, userId: string, visibleFrom: number): DurableEvent {
  const participants = [{ userId, role: 'member' as const, label: null, visibleFrom }];
  return { id: `m${seq}`, type: 'participant.joined', seq, ...place, data: { participants } };
}

function left(seq: number, userId: string): DurableEvent {
  return { id: `m${seq}`, type: 'participant.left', seq, ...place, data: { userId, reason: 'removed' } };
}

describe('the raw timeline', () => {
  let applied: number[];
  let timeline: RawTimeline;

  beforeEach(() => {
    applied = [];
    timeline = new RawTimeline('talk', 'ada', (event) => applied.push(event.seq), 0);
  });

  function synced(events: DurableEvent[], extra: Partial<ConversationSync> = {}): boolean {
    const head = events.at(-1)?.seq ?? 0;
    return timeline.noteSync({ conversationId: 'talk', events, head, more: false, ...extra });
  }

  it('applies what follows, drops what it has, and keeps what is ahead', () => {
    for (const seq of [1, 2, 2, 4, 1]) timeline.offer(said(seq));
    expect(applied).toEqual([1, 2]);
    expect(timeline.behind).toBe(true);
    timeline.offer(said(3));
    expect(applied).toEqual([1, 2, 3, 4]);
    expect(timeline.behind).toBe(false);
  });

  it('fills a hole by sync, and asks again as long as there is more', () => {
    timeline.offer(said(1));
    timeline.offer(said(5));
    expect(synced([said(2), said(3)], { head: 5, more: true })).toBe(true);
    expect(synced([said(4), said(5)])).toBe(false);
    expect(applied).toEqual([1, 2, 3, 4, 5]);
  });

  it('passes over a gap that it is told of', () => {
    timeline.noteHead({ lastSeq: 6 });
    synced([said(5), said(6)], { gap: { from: 1, to: 4, reason: 'history' } });
    expect(applied).toEqual([5, 6]);
    expect(timeline.behind).toBe(false);
  });

  it('ends with its own leaving, takes nothing behind it, and begins again with its own join', () => {
    timeline.offer(said(1));
    timeline.offer(left(2, 'ada'));
    timeline.offer(said(3));
    expect(applied).toEqual([1, 2]);
    expect(timeline.isOver).toBe(true);
    timeline.offer(joined(4, 'ada', 4));
    expect(timeline.behind).toBe(true);
    synced([joined(4, 'ada', 4)], { gap: { from: 3, to: 3, reason: 'history' } });
    timeline.offer(said(5));
    expect(applied).toEqual([1, 2, 4, 5]);
  });

  it('ends where sync says that it left', () => {
    timeline.offer(said(1));
    synced([said(2), left(3, 'ada')], { left: 3 });
    expect(applied).toEqual([1, 2, 3]);
    expect(timeline.isOver).toBe(true);
    expect(timeline.behind).toBe(false);
  });
});
