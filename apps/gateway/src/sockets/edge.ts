import type { IncomingMessage } from 'node:http';
import { refusalOf, type OriginPolicy, type Refusal } from './handshake';

/** Whether a handshake gets in: never while the gateway sends its clients away. */
export class Edge {
  private draining = false;

  constructor(private readonly policy: OriginPolicy) {}

  refuse(request: IncomingMessage): Refusal | undefined {
    if (this.draining)
      return { status: 503, text: 'This gateway takes nobody at the moment: connect again.' };
    return refusalOf(request, this.policy);
  }

  startDraining(): void {
    this.draining = true;
  }

  stopDraining(): void {
    this.draining = false;
  }
}
