import { AppError } from '@parley/contracts/wire';
import type { OperatorActor } from './actor';
import { apiKeyHash, operatorKeyPattern } from './credentials';
import type { KeyStore } from './key-store';

/** Verifies operator keys. */
export class OperatorKeyVerifier {
  constructor(private readonly keys: Pick<KeyStore, 'findOperatorKey'>) {}

  /** @throws AppError `token.invalid`, `token.revoked` */
  async verify(key: string): Promise<OperatorActor> {
    if (!operatorKeyPattern.test(key)) throw new AppError('token.invalid');
    const row = await this.keys.findOperatorKey(apiKeyHash(key));
    if (row === null) throw new AppError('token.invalid');
    if (row.revoked_at !== null)
      throw new AppError('token.revoked', { message: 'This operator key was revoked.' });
    return { keyId: row.id, scopes: row.scopes };
  }
}
