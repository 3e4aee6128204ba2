import type { Readable, Writable } from 'node:stream';
import { InteractiveScreen, type Terminal } from './interactive-screen';
import { PlainScreen } from './plain-screen';
import type { Screen } from './screen';

/** The screen that fits the streams: a person's terminal needs both sides to be one. */
export function openScreen(input: Readable, output: Writable): Screen {
  return isTerminal(input) && isTerminal(output)
    ? new InteractiveScreen(input, output as Writable & Terminal)
    : new PlainScreen(input, output);
}

function isTerminal(stream: Readable | Writable): boolean {
  return (stream as { isTTY?: boolean }).isTTY === true;
}
