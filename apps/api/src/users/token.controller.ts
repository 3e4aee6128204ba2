import { Body, Controller, Post } from '@nestjs/common';
import { CreateTokenDto } from '@parley/contracts/dto';
import type { TokenView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { UserService } from '@parley/domain/users';
import { UnderKey } from '../http/under-key';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Users')
@Limited('tokens')
@Controller('v1/tokens')
export class TokenController {
  constructor(private readonly users: UserService) {}

  @Post()
  @Documented({
    id: 'createToken',
    summary: 'Make a token for a user',
    description: 'For server keys. A user that is not known yet is created with the name.',
    scope: 'tokens',
    body: CreateTokenDto,
    example: { userId: 'ada', name: 'Ada', ttlSeconds: 3600 },
    answers: { 201: wire('TokenView') },
    errors: ['permission.denied', 'key.not_found'],
  })
  create(
    @CurrentActor() actor: Actor,
    @Body() input: CreateTokenDto,
    @UnderKey() once: Once,
  ): Promise<TokenView> {
    return this.users.issueToken(actor, input, once);
  }
}
