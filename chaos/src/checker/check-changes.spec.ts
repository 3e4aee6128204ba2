import { broken } from '../../test/broken';
import { Story, type Told } from '../../test/story';
import { check } from './check';

/** A talk of two with a few messages, and the third of them. */
function talk(): { story: Story; told: Told } {
  const story = new Story('ada', 'ben');
  story.send('ada-1', 'first.words');
  story.send('ben-1', 'other.words');
  return { story, told: story.send('ada-1', 'third.words') };
}

describe('the checker accepts', () => {
  it('I9 I10 I11: edits, deletions and read marks, in any order', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words').read('ben-1', 3).edit('ada-1', told, 'the best words');
    story.send('ben-1', 'a.last.word');
    story.erase('ada-1', told).read('ben-1', 2, { readSeq: 3 }).connect('ben-2', 'ben').heads('ben-2');
    const verdict = check(story.rest(() => story.heads('ada-1')).records, story.final());
    expect(verdict.violations.filter(({ invariant }) => invariant !== 'I18')).toEqual([]);
    expect(verdict.judged).toMatchObject({ edits: 2, deletions: 1, reads: 2 });
  });

  it('I9: an answer to what was asked before the edit, and an old event that comes late', () => {
    const { story, told } = talk();
    const before = story.sight(told.seq);
    story.edit('ada-1', told, 'better words');
    story.receive('ben-1', told.seq, { applied: false, sight: before });
    expect(broken(story.rest())).not.toContain('I9');
  });

  it('I9: an old edit that is synced as the message is now', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words').edit('ada-1', told, 'the best words');
    const sights = [story.sight(told.seq), story.sight(told.seq)];
    const page = { name: 'sync', places: story.places(5, 6), head: 6, more: false } as const;
    expect(broken(story.ask('ben-1', page, 4, sights).rest())).toEqual([]);
  });
});

describe('the checker finds', () => {
  it('I9: an edit that does not raise the version', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words').edit('ada-1', told, 'the best words', 2);
    expect(broken(story.rest())).toEqual(['I9']);
  });

  it('I9: an acked edit that is not what is stored', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words').rest();
    const final = story.final();
    Object.assign(final.conversations[0]!.entries[told.seq - 1]!, { text: 'words of third.words' });
    expect(broken(story, final)).toEqual(['I9']);
  });

  it('I9: words that no edit wanted', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words');
    for (const record of story.records) {
      if (record.type === 'invoke' && record.call.name === 'edit') record.call.text = 'something else';
    }
    expect(broken(story.rest())).toEqual(['I9']);
  });

  it('I9: somebody who saw words that a version never had', () => {
    const { story, told } = talk();
    story.edit('ada-1', told, 'better words');
    const sight = { message: told.seq, version: 2, text: 'worse words' };
    story.receive('ben-1', told.seq, { applied: false, sight });
    expect(broken(story.rest())).toContain('I9');
  });

  it('I9: an answer that is older than what was known when it was asked for', () => {
    const { story, told } = talk();
    const old = story.sight(told.seq);
    story.edit('ada-1', told, 'better words');
    const page = { name: 'page', places: story.places(4, 4), next: null } as const;
    expect(broken(story.ask('ben-1', page, 3, [old]).rest())).toEqual(['I9']);
  });

  it('I9: a deleted message whose words are given once more, by a page or by a later event', () => {
    const paged = talk();
    const words = paged.story.sight(paged.told.seq);
    paged.story.erase('ada-1', paged.told);
    const page = { name: 'page', places: paged.story.places(4, 4), next: null } as const;
    expect(broken(paged.story.ask('ben-1', page, 3, [words]).rest())).toEqual(['I9']);
    const told = talk();
    told.story.erase('ada-1', told.told);
    const sight = { message: told.told.seq, version: 1, text: 'words of third.words' };
    told.story.send('ben-1', 'later.words', { reaches: () => false });
    for (const client of ['ada-1', 'ben-1']) told.story.receive(client, 6, { sight });
    expect(broken(told.story.rest())).toEqual(['I9']);
  });

  it('I9: a deleted message that is there again, with the records of its whole life', () => {
    const { story, told } = talk();
    story.erase('ada-1', told).edit('ada-1', told, 'back again').rest();
    const final = story.final();
    expect(broken(story, final)).toEqual(['I9']);
    const [violation] = check(story.records, final).violations;
    const calls = violation!.witness.flatMap((record) =>
      record.type === 'invoke' ? [record.call.name] : [],
    );
    expect(calls).toEqual(['send', 'delete', 'edit']);
  });

  it('I9: somebody who reads something else than what is stored in the end', () => {
    const { story, told } = talk();
    const old = story.sight(told.seq);
    story.edit('ada-1', told, 'better words').rest();
    const final = story.final();
    final.views[1]!.sights.splice(2, 1, old);
    expect(broken(story, final)).toEqual(['I9']);
  });

  it('I10: a marker that another device moves back', () => {
    const { story } = talk();
    story.connect('ben-2', 'ben').read('ben-1', 4).read('ben-2', 2, { readSeq: 2 });
    expect(broken(story.rest())).toEqual(['I10']);
  });

  it('I10: heads that are behind a mark that was acked', () => {
    const { story } = talk();
    story.read('ben-1', 2).heads('ben-1').read('ben-1', 4).rest();
    const reads = story.records.filter((record) => record.type === 'ok' && record.result.name === 'heads');
    expect(reads).toHaveLength(1);
    const [late] = story.records.splice(story.records.indexOf(reads[0]!) - 1, 2);
    story.records.push({ ...late!, t: 50 }, { ...reads[0]!, t: 51 });
    expect(broken(story)).toEqual(['I10']);
  });

  it('I10: a marker above the head, and one that is not where it was asked to be', () => {
    const above = talk().story;
    expect(broken(above.read('ben-1', 4, { readSeq: 9 }).rest())).toEqual(['I10']);
    const short = talk().story;
    expect(broken(short.read('ben-1', 4, { readSeq: 3, unread: 1 }).rest())).toContain('I10');
  });

  it('I10: an app that is told of a marker that falls', () => {
    const { story } = talk();
    story.read('ben-1', 4).surfaceRead('ben-1', 4).surfaceRead('ben-1', 3);
    expect(broken(story.rest())).toEqual(['I10']);
  });

  it.each([
    ['own ones', 'ada', 1],
    ['too few', 'ben', -1],
  ])('I11: a counter that counts %s', (_, user, wrong) => {
    const { story } = talk();
    const final = story.rest().final();
    const view = final.unread.find((each) => each.user === user)!;
    view.unread += wrong;
    expect(broken(story, final)).toEqual(['I11']);
  });

  it('I11: a deleted message that is still unread, in the list and in the heads after the rest', () => {
    const { story, told } = talk();
    story.erase('ada-1', told).rest();
    const listed = story.final();
    listed.unread.find(({ user }) => user === 'ben')!.unread += 1;
    expect(broken(story, listed)).toEqual(['I11']);
    story.heads('ben-1');
    const last = story.records.at(-1)!;
    if (last.type === 'ok' && last.result.name === 'heads') last.result.reads[0]!.unread += 1;
    expect(broken(story)).toEqual(['I11']);
  });

  it('I11: a count below nothing, one of what was read, and a list that leaves somebody out', () => {
    const negative = talk().story;
    expect(broken(negative.read('ben-1', 2, { unread: -1 }).rest())).toEqual(['I11']);
    const all = talk().story;
    expect(broken(all.read('ben-1', 4, { unread: 2 }).rest())).toEqual(['I11']);
    const left = talk().story.rest();
    const final = left.final();
    final.unread.pop();
    expect(broken(left, final)).toEqual(['I11']);
  });
});
