import { sightOf, type Entry } from './audience';
import { AudienceIndex } from './audience-index';

const header = { tenantId: 't', conversationId: 'c', type: 'x' };

describe('sightOf: may read ⇔ received', () => {
  const entry: Entry = { visibleFrom: 5, since: 3, asOf: 3 };
  it.each([
    ['what the user has already', 3, 3, undefined],
    ['a seq before its join', 4, 4, 'void'],
    ['the first visible seq', 5, 5, 'event'],
    ['a change of something that it may not see', 9, 4, 'void'],
    ['a change of something that it may see', 9, 5, 'event'],
    ['a change about no message', 9, 0, 'event'],
  ])('%s', (_, seq, targetSeq, sight) => {
    expect(sightOf({ ...header, seq, targetSeq }, 'ann', entry)).toBe(sight);
  });

  it('what is for one user alone is its place to the others', () => {
    const event = { ...header, seq: 9, targetSeq: 9, onlyFor: 'ann' };
    expect([sightOf(event, 'ann', entry), sightOf(event, 'bob', entry)]).toEqual(['event', 'void']);
  });
});

describe('AudienceIndex', () => {
  it('finds members by conversation and forgets a user everywhere', () => {
    const index = new AudienceIndex();
    const entry: Entry = { visibleFrom: 1, since: 0, asOf: 0 };
    index.set('c1', 'ann', entry);
    index.set('c1', 'bob', entry);
    index.set('c2', 'ann', entry);
    expect([...index.members('c1').keys()]).toEqual(['ann', 'bob']);
    expect(index.get('c2', 'bob')).toBeUndefined();
    expect(index.removeUser('ann')).toEqual(['c1', 'c2']);
    expect([...index.members('c1').keys()]).toEqual(['bob']);
    index.remove('c1', 'bob');
    index.remove('c1', 'nobody');
    expect(index.conversationCount).toBe(0);
    expect(index.members('c1').size).toBe(0);
  });
});
