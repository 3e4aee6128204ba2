import { plainText } from './slack-text';

const names = {
  user: (id: string) => ({ U1: 'Ada' })[id],
  channel: (id: string) => ({ C1: 'general' })[id],
};

describe('plainText', () => {
  it.each([
    ['hello <@U1>', 'hello @Ada', ['U1']],
    ['<@U1> and <@U1> and <@U2|ben>', '@Ada and @Ada and @ben', ['U1', 'U2']],
    ['<@U404>', '@U404', ['U404']],
    ['<@U1 or so> <@>', '<@U1 or so> <@>', []],
    ['<#C1|general> <#C1> <#C9>', '#general #general #C9', []],
    ['<!here> <!channel|@channel> <!subteam^S1|@crew> <!subteam^S1>', '@here @channel @crew @subteam', []],
    ['<!date^1392734382^{date}|18 February>', '18 February', []],
    ['<http://example.org/a>', 'http://example.org/a', []],
    ['<http://example.org/a|the notes>', 'the notes (http://example.org/a)', []],
    ['<http://Json.at|Json.at>', 'Json.at', []],
    [
      '<mailto:ada@example.org|ada@example.org> <mailto:ada@example.org>',
      'ada@example.org ada@example.org',
      [],
    ],
    ['<http://example.org/?a=1&amp;b=2|R&amp;D>', 'R&D (http://example.org/?a=1&b=2)', []],
    ['a -&gt; b &amp;lt; c &nbsp;', 'a -> b &lt; c &nbsp;', []],
    ['a < b, c > d <>', 'a < b, c > d <>', []],
    ['&lt;@U1&gt;', '<@U1>', []],
  ])('reads %j', (markup, text, mentions) => {
    expect(plainText(markup, names)).toEqual({ text, mentions });
  });

  it('takes time in proportion to a hostile text', () => {
    const hostile = '<'.repeat(500_000);
    expect(plainText(hostile, names).text).toBe(hostile);
  });
});
