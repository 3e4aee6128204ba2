import type { IncomingMessage } from 'node:http';
import type { Admission } from '../admission/admission';
import { refusalOf, type OriginPolicy, type Refusal } from './handshake';

/** Whether a handshake gets in: never while the gateway is draining. Each that does is counted until it ends. */
export class Edge {
  private draining = false;

  constructor(
    private readonly policy: OriginPolicy,
    private readonly admission: Admission,
  ) {}

  refuse(request: IncomingMessage): Refusal | undefined {
    if (this.draining) return { status: 503, text: 'This gateway is going down: connect again.' };
    return refusalOf(request, this.policy) ?? this.admission.refuse(request);
  }

  startDraining(): void {
    this.draining = true;
  }
}
