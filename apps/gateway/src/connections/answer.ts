import { Outgoing } from './batch';
import { textFrame } from './text-frame';

/** What one socket alone is told: the answer to its request, in the form of its transport. */
export class Answer extends Outgoing {
  private readonly frame: Buffer;

  constructor(text: string) {
    super();
    this.frame = textFrame(text);
  }

  override bytes(): Buffer {
    return this.frame;
  }
}
