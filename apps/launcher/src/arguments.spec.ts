import { parseArguments } from './arguments';
import { LaunchError } from './launch.error';

describe('the arguments of the launcher', () => {
  it('installs what is missing unless told not to', () => {
    expect(parseArguments([])).toEqual({ install: true, help: false });
    expect(parseArguments(['--no-install'])).toEqual({ install: false, help: false });
    expect(parseArguments(['-h']).help).toBe(true);
  });

  it.each([['--port=4000'], ['gateway'], ['--no-install=yes']])('refuses %s by one sentence', (argument) => {
    expect(() => parseArguments([argument])).toThrow(LaunchError);
  });
});
