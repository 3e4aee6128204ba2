import { broken } from '../../test/broken';
import { Story } from '../../test/story';
import { check } from './check';

function talk(): Story {
  const story = new Story('ada', 'ben');
  story.send('ada-1', 'first.words');
  return story;
}

function trespass(story: Story): number {
  const call = { name: 'trespass', conversation: 'another', what: 'GET the conversation' } as const;
  story.add({ type: 'invoke', op: 90, client: 'ada-1', user: 'ada', call });
  return 90;
}

describe('the checker of the tenant wall', () => {
  it('I14: accepts that what is another’s is refused, or without an answer', () => {
    const refused = talk();
    refused.add({ type: 'fail', op: trespass(refused), code: 'conversation.not_found' });
    expect(broken(refused.rest())).toEqual([]);
    const unknown = talk();
    unknown.add({ type: 'unknown', op: trespass(unknown), reason: 'timeout' });
    expect(broken(unknown.rest())).toEqual([]);
  });

  it('I14: finds what is another’s and was given', () => {
    const story = talk();
    story.add({ type: 'ok', op: trespass(story), result: { name: 'trespass' } });
    expect(broken(story.rest())).toEqual(['I14']);
    const [violation] = check(story.records, story.final()).violations;
    expect(violation?.witness.map(({ type }) => type)).toEqual(['invoke', 'ok', 'mark', 'mark']);
  });

  it('I14: finds another’s word among the bytes, and shows what stood around it', () => {
    const story = talk();
    story.add({ type: 'leak', tenant: 'house', word: 'garden', where: 'a socket', excerpt: 'of the garden' });
    expect(broken(story.rest())).toEqual(['I14']);
    expect(check(story.records, story.final()).violations[0]?.text).toContain('of the garden');
  });

  it('I14: accepts no watch that saw nothing, and no run without one', () => {
    const blind = talk();
    blind.add({ type: 'watched', tenant: 'garden', bytes: 10, sawOwn: false });
    expect(broken(blind.rest())).toEqual(['I14']);
    const unwatched = talk().rest();
    const watched = unwatched.records.findIndex(({ type }) => type === 'watched');
    unwatched.records.splice(watched, 1);
    expect(broken(unwatched)).toEqual(['I14']);
  });
});
