import type { IncomingMessage } from 'node:http';
import { toAppError } from '@parley/contracts/wire';
import type { Origins } from '@parley/domain/tenants';
import type { Admission } from '../admission/admission';
import { refusalOf, refuseUpgrade, type Refusal } from './handshake';

const foreignOrigin = {
  status: 403,
  text: 'Pages of this origin may not connect: list it in the tenant’s settings or in CORS_ORIGIN.',
} as const;

/** Whether a handshake gets in: never while the gateway sends its clients away. Each that does is counted until it ends. */
export class Edge {
  private draining = false;

  constructor(
    private readonly origins: Pick<Origins, 'isKnown'>,
    private readonly admission: Admission,
  ) {}

  /** Calls `enter`, at once where nothing has to be asked, or answers with the refusal. */
  admit(request: IncomingMessage, enter: () => void): void {
    const judge = (refusal: Refusal | undefined): void => {
      const final = refusal ?? this.refuseLoad(request);
      if (final === undefined) enter();
      else refuseUpgrade(request.socket, final);
    };
    const refusal = refusalOf(request);
    const { origin } = request.headers;
    if (refusal !== undefined || origin === undefined) return judge(refusal);
    const known = this.origins.isKnown(origin);
    if (typeof known === 'boolean') return judge(known ? undefined : foreignOrigin);
    // Nobody else listens to the socket meanwhile, and it may break.
    const { socket } = request;
    const broken = (): void => undefined;
    socket.on('error', broken);
    known
      .then((isKnown) => (isKnown ? undefined : foreignOrigin), unavailable)
      .then((found) => {
        socket.off('error', broken);
        if (!socket.destroyed) judge(found);
      })
      .catch(() => socket.destroy());
  }

  startDraining(): void {
    this.draining = true;
  }

  stopDraining(): void {
    this.draining = false;
  }

  private refuseLoad(request: IncomingMessage): Refusal | undefined {
    if (this.draining)
      return { status: 503, text: 'This gateway takes nobody at the moment: connect again.' };
    return this.admission.refuse(request);
  }
}

function unavailable(thrown: unknown): Refusal {
  return { status: 503, text: toAppError(thrown).message };
}
