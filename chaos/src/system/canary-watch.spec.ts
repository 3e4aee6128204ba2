import { CanaryWatch, type Leak } from './canary-watch';

function watch(...words: string[]): { listener: CanaryWatch; leaks: Leak[] } {
  const leaks: Leak[] = [];
  const listener = new CanaryWatch('amber', (leak) => leaks.push(leak));
  listener.forbid(words);
  return { listener, leaks };
}

describe('the watch on a tenant’s bytes', () => {
  it('finds a foreign word once, with what stands around it', () => {
    const { listener, leaks } = watch('cobalt', 'c-17');
    listener.listen('a socket')(Buffer.from('{"text":"of cobalt"}'));
    expect(leaks).toEqual([{ word: 'cobalt', where: 'a socket', excerpt: '{"text":"of cobalt"}' }]);
  });

  it('finds it wherever the pieces end, and only in one connection', () => {
    for (let cut = 1; cut < 6; cut += 1) {
      const { listener, leaks } = watch('cobalt', 'a longer word');
      const hear = listener.listen('a socket');
      for (const piece of ['cobalt'.slice(0, cut), 'cobalt'.slice(cut), ' and more'])
        hear(Buffer.from(piece));
      expect(leaks).toHaveLength(1);
    }
    const { listener, leaks } = watch('cobalt');
    listener.listen('one')(Buffer.from('cob'));
    listener.listen('another')(Buffer.from('alt'));
    expect(leaks).toEqual([]);
  });

  it('knows what it looked at', () => {
    const { listener } = watch('cobalt');
    expect(listener).toMatchObject({ bytes: 0, sawOwn: false });
    listener.listen('a socket')(Buffer.from('an amber word'));
    expect(listener).toMatchObject({ bytes: 13, sawOwn: true });
  });
});
