import { presenceLine, typingLine } from './company-lines';

const nameOf = (userId: string): string => ({ a: 'Ada', b: 'Bo\u001b[2J' })[userId] ?? userId;

describe('the lines about others', () => {
  it('name who types, up to three', () => {
    expect(typingLine([], nameOf)).toBeNull();
    expect(typingLine(['a'], nameOf)).toBe('Ada is typing…');
    expect(typingLine(['a', 'b'], nameOf)).toBe('Ada and Bo[2J are typing…');
    expect(typingLine(['a', 'b', 'c', 'd'], nameOf)).toBe('several people are typing…');
  });

  it('say whether somebody is here, and since when not', () => {
    const view = { userId: 'a', lastSeenAt: null };
    expect(presenceLine({ ...view, status: 'online' }, nameOf)).toBe('● Ada is here');
    expect(presenceLine({ ...view, status: 'away' }, nameOf)).toBe('◐ Ada is away');
    expect(presenceLine({ ...view, status: 'offline' }, nameOf)).toBe('○ Ada is not here');
    expect(presenceLine({ ...view, status: 'offline', lastSeenAt: '2026-11-29T10:00:00Z' }, nameOf)).toMatch(
      /^○ Ada was here 29 November 2026, \d\d:\d\d$/,
    );
  });
});
