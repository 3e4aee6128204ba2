import { broken } from '../../test/broken';
import { Story } from '../../test/story';
import { check } from './check';

function sends(story: Story, count: number): Story {
  for (let index = 1; index <= count; index += 1) story.send(index % 2 ? 'ada-1' : 'ben-1', `calm.${index}`);
  return story;
}

function talk(): Story {
  return new Story('ada', 'ben');
}

describe('the checker accepts what keeps the promises', () => {
  it('a calm talk', () => {
    const verdict = check(sends(talk(), 20).rest().records, sends(talk(), 20).final());
    expect(verdict).toMatchObject({ ok: true, violations: [] });
    expect(verdict.judged).toMatchObject({ sends: 20, acknowledged: 20, messages: 20, deliveries: 42 });
  });

  it('unknown outcomes that were stored, and ones that were not', () => {
    const story = talk();
    story.send('ada-1', 'stored.unknown', { answer: 'unknown' });
    story.send('ada-1', 'lost.unknown', { answer: 'unknown', stored: false });
    expect(broken(story.rest())).toEqual([]);
  });

  it('retries and concurrent sends of one key with one answer', () => {
    const story = talk();
    const first = story.invoke('ada-1', 'same.key');
    const told = story.send('ada-1', 'same.key');
    story.ok(first, told, true);
    story.ok(story.invoke('ada-1', 'same.key'), told, true);
    expect(broken(story.rest())).toEqual([]);
  });

  it('the same key with other words, refused', () => {
    const story = talk();
    story.send('ada-1', 'one.key');
    story.send('ada-1', 'one.key', { body: 'other words', stored: false, answer: 'fail' });
    expect(broken(story.rest())).toEqual([]);
  });

  it('a removal, a return and what each may see, also when a stay was passed over as a whole', () => {
    const story = talk().remove('ben').pass(10_000);
    story.send('ada-1', 'while.away');
    story.join('ben');
    story.send('ben-1', 'ben.is.back');
    story.remove('ben').join('ben').send('ada-1', 'last.words');
    story.connect('ben-2', 'ben');
    expect(broken(story.rest())).toEqual([]);
  });

  it('pages and syncs that are dense, and gaps that were told', () => {
    const story = sends(talk(), 10);
    story.ask('ada-1', { name: 'sync', places: story.places(3, 11), head: 11, more: false }, 2);
    story.ask('ada-1', { name: 'sync', places: story.places(6, 11), head: 11, more: false, gapTo: 5 }, 2);
    story.ask('ada-1', { name: 'page', places: story.places(2, 6), next: 6 }, 1);
    expect(broken(story.rest())).toEqual([]);
  });
});

describe('the checker finds', () => {
  it('I1: an acknowledged send that is not stored', () => {
    const story = sends(talk(), 3);
    story.send('ada-1', 'acked.and.lost', { stored: false });
    expect(broken(story.rest())).toEqual(['I1']);
  });

  it('I1 I2: stored words that nobody sent', () => {
    const story = sends(talk(), 3);
    Object.assign(story.entries[2]!, { body: 'changed' });
    expect(broken(story.rest())).toEqual(['I1', 'I2']);
  });

  it('I2: a stored message whose send was refused', () => {
    const story = talk();
    story.send('ada-1', 'refused.but.stored', { answer: 'fail' });
    expect(broken(story.rest())).toEqual(['I2']);
  });

  it('I2: a stored message that was never sent', () => {
    const story = sends(talk(), 2);
    story.send('ada-1', 'from.nowhere', { answer: 'none' });
    const op = story.records.findLast(({ type }) => type === 'invoke');
    story.records.splice(story.records.indexOf(op!), 1);
    expect(broken(story.rest())).toEqual(['I2']);
  });

  it('I3: a retry that became a second message', () => {
    const story = talk();
    story.send('ada-1', 'twice.sent', { answer: 'unknown' });
    story.send('ada-1', 'twice.sent');
    expect(broken(story.rest())).toEqual(['I3']);
  });

  it('I3: a retry that became a second message under a new key', () => {
    const story = talk();
    story.send('ada-1', 'old.name', { body: 'the same words' });
    story.send('ada-1', 'new.name', { body: 'the same words' });
    expect(broken(story.rest())).toEqual(['I3']);
  });

  it('I1 I3: retries that were answered differently', () => {
    const story = talk();
    const told = story.send('ada-1', 'one.message');
    story.ok(story.invoke('ada-1', 'one.message'), { ...told, id: 'another' });
    expect(broken(story.rest())).toEqual(['I1', 'I3']);
  });

  it('I4: a hole in the timeline', () => {
    const story = sends(talk(), 4);
    const final = story.rest().final();
    final.conversations[0]!.entries = final.conversations[0]!.entries.filter(({ seq }) => seq !== 3);
    expect(broken(story, final)).toContain('I4');
  });

  it('I4: a seq that was given twice', () => {
    const story = sends(talk(), 4);
    const final = story.rest().final();
    final.conversations[0]!.entries.push({ kind: 'other', seq: 3, id: 'beside' });
    expect(broken(story, final)).toContain('I4');
  });

  it('I4: somebody who saw another message at a seq', () => {
    const story = sends(talk(), 4).receive('ben-1', 3, { id: 'another', applied: false });
    expect(broken(story.rest())).toEqual(['I4']);
  });

  it('I4: an event that came live behind a later one', () => {
    const story = sends(talk(), 2);
    story.send('ada-1', 'comes.late', { reaches: (client) => client !== 'ben-1' });
    story.send('ada-1', 'comes.first', { reaches: (client) => client !== 'ben-1' });
    story.receive('ben-1', 5, { applied: false }).receive('ben-1', 4).receive('ben-1', 5);
    expect(broken(story.rest())).toEqual(['I4', 'I7']);
  });

  it('I4: an app that got things in another order', () => {
    const story = sends(talk(), 2);
    const applies = story.records.filter(({ type }) => type === 'apply');
    const [last, before] = [applies.at(-1)!, applies.at(-3)!];
    const [at, atBefore] = [story.records.indexOf(last), story.records.indexOf(before)];
    [story.records[at], story.records[atBefore]] = [before, last];
    expect(broken(story.rest())).toEqual(['I4']);
  });

  it('I5: a message in front of one that was acked before it was sent', () => {
    const story = sends(talk(), 2);
    const late = story.invoke('ben-1', 'sent.late');
    const [, , entry] = story.entries;
    const stored = { ...entry!, key: 'sent.late', body: 'words of sent.late', sender: 'ben' };
    story.entries[1] = { ...stored, seq: 2, id: 'late' };
    story.ok(late, { seq: 2, id: 'late' });
    expect(broken(story.rest())).toContain('I5');
  });

  it('I6 I18: a member that never got something', () => {
    const story = sends(talk(), 4);
    story.send('ada-1', 'missed.by.ben', { reaches: (client) => client !== 'ben-1' });
    expect(broken(sends(story, 0).rest())).toEqual(['I6', 'I18']);
  });

  it('I6: a former member that never got the end of its stay', () => {
    const story = sends(talk(), 4);
    story.send('ada-1', 'missed.by.ben', { reaches: (client) => client !== 'ben-1' });
    expect(broken(story.remove('ben').rest())).toContain('I6');
  });

  it('I7: an event that was surfaced twice', () => {
    const story = sends(talk(), 200).receive('ben-1', 201);
    expect(broken(story.rest())).toEqual(['I7']);
  });

  it('I7: a wire on which much comes twice', () => {
    const story = sends(talk(), 100);
    for (let seq = 90; seq <= 101; seq += 1) story.receive('ben-1', seq, { applied: false });
    expect(broken(story.rest())).toEqual(['I7']);
  });

  it('I8: a sync with a hole, and one that ends too early', () => {
    const story = sends(talk(), 10);
    const holed = story.places(3, 11).filter(([seq]) => seq !== 7);
    expect(
      broken(story.ask('ada-1', { name: 'sync', places: holed, head: 11, more: false }, 2).rest()),
    ).toEqual(['I8']);
    const early = sends(talk(), 10);
    early.ask('ada-1', { name: 'sync', places: early.places(3, 8), head: 11, more: false }, 2);
    expect(broken(early.rest())).toEqual(['I8']);
  });

  it('I8: a sync whose head is older than an ack', () => {
    const story = sends(talk(), 10);
    story.ask('ada-1', { name: 'sync', places: story.places(3, 8), head: 8, more: false }, 2);
    expect(broken(story.rest())).toEqual(['I8']);
  });

  it('I8: a page that skips, one that says it is the last, and a history that lacks something', () => {
    const skips = sends(talk(), 10);
    skips.ask('ada-1', { name: 'page', places: skips.places(3, 8), next: 8 }, 1);
    expect(broken(skips.rest())).toEqual(['I8']);
    const last = sends(talk(), 10);
    last.ask('ada-1', { name: 'page', places: last.places(2, 8), next: null }, 1);
    expect(broken(last.rest())).toEqual(['I8']);
    const lacks = sends(talk(), 10).rest();
    const final = lacks.final();
    final.views[0]!.places.splice(4, 1);
    expect(broken(lacks, final)).toEqual(['I8']);
  });

  it.each([true, false])(
    'I13: what reaches a removed member beyond the bound (the seq was told: %s)',
    (told) => {
      const within = sends(talk(), 4).remove('ben', told);
      const early = within.send('ada-1', 'soon.after');
      within.receive('ben-1', early.seq, { applied: false });
      expect(broken(within.rest())).toEqual([]);
      const beyond = sends(talk(), 4).remove('ben', told).pass(2_500);
      const late = beyond.send('ada-1', 'long.after');
      beyond.receive('ben-1', late.seq, { applied: false });
      expect(broken(beyond.rest())).toEqual(['I13']);
    },
  );

  it('I13: what reaches a banned user beyond the bound', () => {
    const within = sends(talk(), 4)
      .ban('ben')
      .pass(10_000)
      .unban('ben')
      .letIn('ben')
      .remove('ben')
      .ban('ada');
    expect(broken(within.rest())).toEqual([]);
    const late = sends(talk(), 4).ban('ben').pass(2_500);
    late.receive('ben-1', late.send('ada-1', 'long.after').seq, { applied: false });
    expect(broken(late.rest())).toEqual(['I13']);
  });

  it('I13: a ban that takes nobody out, and one that lets somebody in again', () => {
    expect(broken(sends(talk(), 4).ban('ben', false).rest())).toEqual(['I13']);
    expect(broken(sends(talk(), 4).ban('ben', false).remove('ben').rest())).toEqual(['I13']);
    expect(broken(sends(talk(), 4).ban('ben').letIn('ben').rest())).toEqual(['I13']);
  });

  it('I13: while Redis is away the bound is longer', () => {
    const story = sends(talk(), 4);
    story.add({ type: 'fault-start', fault: 1, kind: 'redis-stop', target: 'redis' });
    const late = story.remove('ben').pass(2_500).send('ada-1', 'long.after');
    story.receive('ben-1', late.seq, { applied: false });
    expect(broken(story.rest())).toEqual([]);
  });

  it('I13: what reaches somebody who never was in, or from before a join', () => {
    const stranger = sends(talk(), 2).connect('eve-1', 'eve').receive('eve-1', 2, { applied: false });
    expect(broken(stranger.rest())).toEqual(['I13']);
    const early = sends(talk(), 4)
      .connect('cyd-1', 'cyd')
      .join('cyd')
      .receive('cyd-1', 3, { applied: false });
    expect(broken(early.rest())).toContain('I13');
  });

  it('I13: a message that was taken from a removed member', () => {
    const story = sends(talk(), 4).remove('ben');
    story.send('ben-1', 'ben.still.talks');
    expect(broken(story.rest())).toEqual(['I13']);
  });

  it('I18: a last event that only a reconnect brought', () => {
    const story = sends(talk(), 4);
    const last = story.send('ada-1', 'lost.last.one', { reaches: (client) => client !== 'ben-1' });
    story.rest().receive('ben-1', last.seq);
    expect(broken(story)).toEqual(['I18']);
  });

  it('I18: a reconnect or a send in the quiet time, a call without an end, and no quiet time at all', () => {
    const restless = sends(talk(), 4);
    restless.rest(() =>
      restless.add({ type: 'disconnect', client: 'ben-1', user: 'ben', connection: 1, reason: 'x' }),
    );
    expect(broken(restless)).toEqual(['I18']);
    const busy = sends(talk(), 4);
    expect(broken(busy.rest(() => busy.send('ada-1', 'too.late')))).toEqual(['I18']);
    const open = sends(talk(), 4);
    open.invoke('ada-1', 'no.answer.ever');
    expect(broken(open.rest())).toEqual(['I18']);
    expect(broken(sends(talk(), 4))).toEqual(['I18']);
  });
});

describe('a violation', () => {
  it('comes with the records that touch its message, and no others', () => {
    const story = sends(talk(), 50);
    story.send('ada-1', 'acked.and.lost', { stored: false });
    const [violation] = check(story.rest().records, story.final()).violations;
    expect(violation?.text).toContain('acked.and.lost');
    expect(violation?.witness.map(({ type }) => type)).toEqual(['invoke', 'ok', 'mark', 'mark']);
  });
});
