import { Outgoing, type Protocol } from './batch';
import { textFrame } from './text-frame';

/** One event, encoded and framed once for all sockets that it goes to; each form is made when the first socket needs it. */
export class Frame extends Outgoing {
  private readonly made: Partial<Record<Protocol, Buffer>> = {};

  constructor(
    private readonly type: string,
    /** JSON of the event. */
    private readonly json: string,
  ) {
    super();
  }

  static of(type: string, data: unknown): Frame {
    return new Frame(type, JSON.stringify(data));
  }

  override bytes(protocol: Protocol): Buffer {
    this.made[protocol] ??= textFrame(this.text(protocol));
    return this.made[protocol];
  }

  private text(protocol: Protocol): string {
    const type = JSON.stringify(this.type);
    return protocol === 'socketIo' ? `42[${type},${this.json}]` : `{"type":${type},"data":${this.json}}`;
  }
}
