import { Controller, Get } from '@nestjs/common';
import type { MeView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { UserService } from '@parley/domain/users';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Users')
@Controller('v1/me')
export class MeController {
  constructor(private readonly users: UserService) {}

  @Get()
  @Documented({
    id: 'getMe',
    summary: 'See who you are and what the limits are',
    answers: { 200: wire('MeView') },
  })
  me(@CurrentActor() actor: Actor): Promise<MeView> {
    return this.users.me(actor);
  }
}
