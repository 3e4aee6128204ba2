import type { IncomingMessage } from 'node:http';
import { refusalOf, type OriginPolicy, type Refusal } from './handshake';

/** Whether a handshake gets in: never while the gateway is draining. */
export class Edge {
  private draining = false;

  constructor(private readonly policy: OriginPolicy) {}

  refuse(request: IncomingMessage): Refusal | undefined {
    if (this.draining) return { status: 503, text: 'This gateway is going down: connect again.' };
    return refusalOf(request, this.policy);
  }

  startDraining(): void {
    this.draining = true;
  }
}
