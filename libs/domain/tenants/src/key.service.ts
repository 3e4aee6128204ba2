import { Injectable } from '@nestjs/common';
import type { CreateKeyDto } from '@parley/contracts/dto';
import { AppError, type CreatedKeyView, type KeyView, type Page } from '@parley/contracts/wire';
import { JwksError, JwksReader, type Actor, type MintingKey } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { Publisher } from '@parley/platform/realtime';
import { recordAct } from '@parley/domain/audit';
import { assertFitsKind, assertMayManageKeys } from './key.policy';
import { KeyRepository } from './key.repository';
import { TenantKeys } from './tenant-keys';

/** The keys of the actor's tenant. */
@Injectable()
export class KeyService {
  constructor(
    private readonly db: Db,
    private readonly repository: KeyRepository,
    private readonly keys: TenantKeys,
    private readonly publisher: Publisher,
    private readonly jwks: JwksReader,
  ) {}

  /**
   * The only time that the secret is shown. A JWKS URL must have usable keys at this moment.
   * @throws AppError `permission.denied`, `scope.missing`, `request.invalid`, `key.source_unusable`, `key.too_many`
   */
  async create(actor: Actor, input: CreateKeyDto, once: Once = everyTime): Promise<CreatedKeyView> {
    assertMayManageKeys(actor);
    assertFitsKind(input);
    if (input.jwksUrl !== undefined) await this.assertUsable(input.jwksUrl, actor.tenantId);
    const { answer } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, async () => ({ answer: await this.make(tx, actor, input), news: null })),
    );
    return answer;
  }

  private async make(tx: Tx, actor: Actor, input: CreateKeyDto): Promise<CreatedKeyView> {
    const key = await this.makeKey(tx, input);
    const details = { kind: input.kind, name: input.name, scopes: key.scopes ?? [] };
    await recordAct(tx, actor, { action: 'key.create', target: key.id, details });
    return key;
  }

  private makeKey(tx: Tx, input: CreateKeyDto): Promise<CreatedKeyView> {
    const { kind, name, scopes, jwksUrl, issuer, audience } = input;
    if (kind === 'server') return this.keys.makeServerKey(tx, name, scopes);
    if (jwksUrl === undefined) return this.keys.makeSigningKey(tx, { name, issuer, audience });
    return this.keys.addJwksSource(tx, { name, issuer, audience, jwksUrl });
  }

  private async assertUsable(jwksUrl: string, tenantId: string): Promise<void> {
    try {
      await this.jwks.read(jwksUrl, tenantId);
    } catch (cause) {
      if (!(cause instanceof JwksError)) throw cause;
      throw new AppError('key.source_unusable', {
        message: `The URL cannot be used. ${cause.message}`,
        cause,
      });
    }
  }

  /** All of them, oldest first, the revoked ones too. */
  async list(actor: Actor): Promise<Page<KeyView>> {
    assertMayManageKeys(actor);
    return { data: await this.repository.list(actor.tenantId), page: { next: null } };
  }

  /**
   * Ends the key, and what its tokens opened, on every process within two seconds; again changes nothing.
   * @throws AppError `key.not_found`
   */
  async revoke(actor: Actor, keyId: string): Promise<KeyView> {
    assertMayManageKeys(actor);
    const key = await this.db.tx(actor.tenantId, async (tx) => {
      const { key: revoked, changed } = await this.repository.revoke(tx, keyId);
      if (changed) await recordAct(tx, actor, { action: 'key.revoke', target: keyId });
      return revoked;
    });
    if (key === null) throw new AppError('key.not_found');
    this.publisher.publishRevocations([{ kind: 'key', tenantId: actor.tenantId, keyId }]);
    return key;
  }

  /** What Parley itself signs user tokens with. @throws AppError `key.not_found` when every signing key is revoked */
  async mintingKey(tenantId: string): Promise<MintingKey> {
    const key = await this.keys.findNewestSigningKey(tenantId);
    if (key === null) {
      throw new AppError('key.not_found', {
        message: 'The tenant has no active signing key: create one first.',
      });
    }
    return key;
  }
}
