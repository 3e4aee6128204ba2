import { PassThrough } from 'node:stream';
import { openScreen } from './open-screen';

describe('the screen of a script', () => {
  it('gives every line that comes in, then the end, and writes plain lines', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const screen = openScreen(input, output);
    const lines: string[] = [];
    const ended = new Promise<void>((resolve) =>
      screen.listen({
        line: (text) => lines.push(text),
        end: resolve,
        typing: () => undefined,
        interrupt: () => undefined,
      }),
    );
    screen.footer(['connecting…']);
    screen.print('hello');
    input.end('one\ntwo\n');
    await ended;
    screen.close();
    expect(lines).toEqual(['one', 'two']);
    expect(String(output.read())).toBe('hello\n');
    expect(screen.interactive).toBe(false);
    expect(screen.colours).toBe(false);
  });
});
