import type { Answer } from '../client.types';

const answerWithinMs = 10_000;

/** Requests that wait for their answers. */
export class Pending {
  private readonly waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  private count = 0;

  /** Sends under a new id. @throws Error when no answer comes in 10 s, or the connection ends */
  ask(send: (id: number) => void): Promise<Answer> {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.end(id)?.reject(new Error('no answer came')), answerWithinMs);
      this.waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      send(id);
    });
  }

  answer(id: number, answer: Answer): void {
    this.end(id)?.resolve(answer);
  }

  fail(reason: string): void {
    for (const id of [...this.waiting.keys()]) this.end(id)?.reject(new Error(reason));
  }

  private end(id: number) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
