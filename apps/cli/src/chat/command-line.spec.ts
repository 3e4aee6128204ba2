import { readInput } from './command-line';

describe('readInput', () => {
  it.each([
    ['', { kind: 'nothing' }],
    ['  ', { kind: 'nothing' }],
    [' hello / there ', { kind: 'text', text: 'hello / there' }],
    ['//quit', { kind: 'text', text: '/quit' }],
    ['/open  2', { kind: 'command', name: 'open', argument: '2' }],
    ['/QUIT', { kind: 'command', name: 'quit', argument: '' }],
    ['/quitt', { kind: 'unknown', name: 'quitt' }],
    ['/', { kind: 'unknown', name: '' }],
  ])('reads %j', (line, expected) => {
    expect(readInput(line)).toEqual(expected);
  });
});
