/** So many sockets are written to at once, or a part of those that wait, and so long a rest, in milliseconds, follows. */
export const sliceSockets = 100;
const slicesMax = 5;
export const restMs = 5;

/**
 * Gathers what goes to many sockets: a write costs the server, and its client, as much for one message as for ten. What
 * comes after a pause is written in the same turn of the event loop; then it rests, and what comes meanwhile goes out
 * together. A thousand sockets are written to slice by slice, the longest waiting first: at once they would hold up
 * everybody else for 5 ms. Each waits for 25 ms at most, plus the time that the writing takes.
 */
export class Coalescing<Socket> {
  private waiting: Socket[] = [];
  private restUntil = 0;
  private sliceSize = sliceSockets;

  constructor(private readonly write: (socket: Socket) => void) {}

  add(socket: Socket): void {
    if (this.waiting.push(socket) === 1) this.schedule();
  }

  private schedule(): void {
    const leftMs = this.restUntil - performance.now();
    if (leftMs > 0) setTimeout(() => this.flush(), leftMs);
    else setImmediate(() => this.flush());
  }

  private flush(): void {
    // It stays as large until all is written: who came last waits for as many slices as who came first.
    this.sliceSize = Math.max(this.sliceSize, Math.ceil(this.waiting.length / slicesMax));
    const slice = this.waiting.splice(0, this.sliceSize);
    this.restUntil = performance.now() + (restMs * Math.min(slice.length, sliceSockets)) / sliceSockets;
    for (const socket of slice) this.write(socket);
    if (this.waiting.length > 0) this.schedule();
    else this.sliceSize = sliceSockets;
  }
}
