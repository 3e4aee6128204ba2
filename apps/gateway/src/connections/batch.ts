/** The forms in which the two transports take what the server says. */
export type Protocol = 'socketIo' | 'webSocket';

/** Something to write to sockets. */
export abstract class Outgoing {
  private first: Batch | undefined;

  /** Whole WebSocket frames, the same for every socket of the protocol. */
  abstract bytes(protocol: Protocol): Buffer;

  /** A batch that begins with this. */
  get batch(): Batch {
    this.first ??= new Batch(this);
    return this.first;
  }
}

/**
 * What goes to a socket in one write. Sockets that get the same things in the same order share their batches, so that a
 * thousand members of a room cost one concatenation.
 */
export class Batch {
  readonly count: number;
  private latest: Batch | undefined;
  private readonly joined: Partial<Record<Protocol, Buffer>> = {};

  constructor(
    private readonly item: Outgoing,
    private readonly before?: Batch,
  ) {
    this.count = (before?.count ?? 0) + 1;
  }

  /** This batch and one thing more: the same object for everybody who adds the same thing. */
  with(item: Outgoing): Batch {
    if (this.latest?.item !== item) this.latest = new Batch(item, this);
    return this.latest;
  }

  bytes(protocol: Protocol): Buffer {
    if (this.before === undefined) return this.item.bytes(protocol);
    this.joined[protocol] ??= Buffer.concat(this.parts(protocol));
    return this.joined[protocol];
  }

  private parts(protocol: Protocol): Buffer[] {
    const parts = [this.item.bytes(protocol)];
    let { before } = this;
    while (before !== undefined) {
      parts.push(before.item.bytes(protocol));
      before = before.before;
    }
    return parts.reverse();
  }
}
