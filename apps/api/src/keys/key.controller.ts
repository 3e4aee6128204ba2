import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { CreateKeyDto } from '@parley/contracts/dto';
import type { CreatedKeyView, KeyView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { KeyService } from '@parley/domain/tenants';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Administration')
@Limited('admin')
@Controller('v1/admin/keys')
export class KeyController {
  constructor(private readonly keys: KeyService) {}

  @Get()
  @Documented({
    id: 'listKeys',
    summary: 'List the tenant’s keys',
    scope: 'keys',
    answers: { 200: pageOf(wire('KeyView')) },
    errors: ['permission.denied'],
  })
  list(@CurrentActor() actor: Actor): Promise<Page<KeyView>> {
    return this.keys.list(actor);
  }

  @Post()
  @Documented({
    id: 'createKey',
    summary: 'Create a signing key or a server key',
    description:
      'The answer is the only time that its secret is shown. A signing key with a `jwksUrl` has none: the tenant signs with ' +
      'keys of its own (RS256, ES256 or EdDSA) and publishes their public halves there, where Parley fetches them every ' +
      '10 minutes, and when a `kid` is new. Several keys hold at once, so that a new one can be used before the old one is ' +
      'revoked.',
    scope: 'keys',
    body: CreateKeyDto,
    example: { kind: 'server', name: 'back end', scopes: ['users', 'tokens'] },
    answers: { 201: wire('CreatedKeyView') },
    errors: ['permission.denied', 'key.source_unusable', 'key.too_many'],
  })
  create(
    @CurrentActor() actor: Actor,
    @Body() input: CreateKeyDto,
    @UnderKey() once: Once,
  ): Promise<CreatedKeyView> {
    return this.keys.create(actor, input, once);
  }

  @Delete(':keyId')
  @Documented({
    id: 'revokeKey',
    summary: 'Revoke a key',
    description: 'It ends on every process within two seconds. Again changes nothing.',
    scope: 'keys',
    answers: { 200: wire('KeyView') },
    errors: ['permission.denied', 'key.not_found'],
  })
  revoke(@CurrentActor() actor: Actor, @IdParam('keyId') keyId: string): Promise<KeyView> {
    return this.keys.revoke(actor, keyId);
  }
}
