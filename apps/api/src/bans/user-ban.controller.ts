import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { CreateBanDto, PageQueryDto } from '@parley/contracts/dto';
import type { BanView, Page } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { UserBanService } from '@parley/domain/users';
import { UserIdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Administration')
@Limited('admin')
@Controller('v1/admin/bans')
export class UserBanController {
  constructor(private readonly bans: UserBanService) {}

  @Get()
  @Documented({
    id: 'listUserBans',
    summary: 'List whom the tenant keeps out',
    scope: 'users',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('BanView')) },
    errors: ['permission.denied', 'cursor.invalid'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: PageQueryDto): Promise<Page<BanView>> {
    return this.bans.list(actor, query);
  }

  @Post()
  @Documented({
    id: 'banUser',
    summary: 'Ban a user from the tenant',
    description:
      'Its tokens are refused with `user.banned` and its connections end within two seconds, until the ban ends or is lifted. ' +
      'For moderators and admins of the tenant; only admins ban moderators, and server keys alone ban admins.',
    scope: 'users',
    body: CreateBanDto,
    example: { userId: 'mallory', reason: 'fraud' },
    answers: { 200: wire('BanView') },
    errors: ['permission.denied', 'user.not_found'],
  })
  ban(@CurrentActor() actor: Actor, @Body() input: CreateBanDto, @UnderKey() once: Once): Promise<BanView> {
    return this.bans.ban(actor, input, once);
  }

  @Delete(':userId')
  @Documented({
    id: 'liftUserBan',
    summary: 'Lift a ban from the tenant',
    scope: 'users',
    answers: { 204: null },
    errors: ['permission.denied', 'ban.not_found', 'actor.required'],
  })
  lift(@CurrentActor() actor: Actor, @UserIdParam() userId: string): Promise<void> {
    return this.bans.lift(actor, userId);
  }
}
