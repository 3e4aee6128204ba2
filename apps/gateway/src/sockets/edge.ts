import type { IncomingMessage } from 'node:http';
import type { Admission } from '../admission/admission';
import { refusalOf, type OriginPolicy, type Refusal } from './handshake';

/** Whether a handshake gets in: never while the gateway sends its clients away. Each that does is counted until it ends. */
export class Edge {
  private draining = false;

  constructor(
    private readonly policy: OriginPolicy,
    private readonly admission: Admission,
  ) {}

  refuse(request: IncomingMessage): Refusal | undefined {
    if (this.draining)
      return { status: 503, text: 'This gateway takes nobody at the moment: connect again.' };
    return refusalOf(request, this.policy) ?? this.admission.refuse(request);
  }

  startDraining(): void {
    this.draining = true;
  }

  stopDraining(): void {
    this.draining = false;
  }
}
