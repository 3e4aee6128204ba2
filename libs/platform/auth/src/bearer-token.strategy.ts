import { ExtractJwt, Strategy } from 'passport-jwt';
import { AppError } from '@parley/contracts/wire';
import type { TokenVerifier } from './token-verifier';

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken();

/**
 * passport-jwt on REST, with its verification replaced by ours: its own takes one algorithm list for all keys and knows no
 * tenant, and sockets must be verified by the very same function.
 */
export class BearerTokenStrategy extends Strategy {
  constructor(private readonly verifier: TokenVerifier) {
    super({ jwtFromRequest: bearerToken, secretOrKeyProvider: refuse }, refuse);
  }

  override authenticate(request: Parameters<Strategy['authenticate']>[0]): void {
    const token = bearerToken(request);
    if (token === null) {
      this.error(new AppError('token.missing'));
      return;
    }
    this.verifier.verify(token).then(
      (actor) => this.success(actor),
      (error: unknown) => this.error(error as Error),
    );
  }
}

/** passport-jwt's own way to a key and a user, which is not taken. */
function refuse(): never {
  throw new AppError('token.invalid');
}
