import { CliError } from '../cli.error';

/** A file of an export that cannot be imported: which one, where in it, and what is wrong there. */
export class SlackFileError extends CliError {
  constructor(file: string, problem: string, place?: string) {
    const sentence = place === undefined ? `${file} ${problem}` : `${file}, ${place}: ${problem}`;
    // Names come from the file: none of them may command the terminal.
    super(sentence.replace(/\p{Cc}/gu, '\uFFFD'));
  }
}
