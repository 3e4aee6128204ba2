import { Body, Controller, Delete, Get, Patch, Put, Query } from '@nestjs/common';
import { RevokeTokensDto, UpdateMeDto, UpsertUserDto, UserPageQueryDto } from '@parley/contracts/dto';
import type { Page, UserView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { UserService } from '@parley/domain/users';
import { UserIdParam } from '../http/params';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Users')
@Controller('v1/users')
export class UserController {
  constructor(private readonly users: UserService) {}

  @Get()
  @Documented({
    id: 'listUsers',
    summary: 'List users by id, or find them by parts of ids and names',
    description:
      'Where the tenant’s `users.directory` is `shared`, members find only those with whom they share a conversation.',
    scope: 'users',
    query: UserPageQueryDto,
    answers: { 200: pageOf(wire('UserView')) },
    errors: ['cursor.invalid'],
  })
  list(@CurrentActor() actor: Actor, @Query() query: UserPageQueryDto): Promise<Page<UserView>> {
    return this.users.list(actor, query);
  }

  @Get(':userId')
  @Documented({
    id: 'getUser',
    summary: 'Get a user',
    scope: 'users',
    answers: { 200: wire('UserView') },
    errors: ['user.not_found', 'actor.required'],
  })
  get(@CurrentActor() actor: Actor, @UserIdParam() userId: string): Promise<UserView> {
    return this.users.get(actor, userId);
  }

  @Patch('me')
  @Documented({
    id: 'updateMe',
    summary: 'Change your own name or avatar',
    scope: 'users',
    body: UpdateMeDto,
    example: { name: 'Ada Lovelace' },
    answers: { 200: wire('UserView') },
    errors: ['actor.required'],
  })
  updateMe(@CurrentActor() actor: Actor, @Body() input: UpdateMeDto): Promise<UserView> {
    return this.users.updateMe(actor, input);
  }

  @Put(':userId')
  @Documented({
    id: 'upsertUser',
    summary: 'Create or change a user',
    description: 'Absent fields stay, null clears a name or avatar. For server keys and tenant admins.',
    scope: 'users',
    body: UpsertUserDto,
    example: { name: 'Grace Hopper' },
    answers: { 200: wire('UserView') },
    errors: ['permission.denied', 'actor.required'],
  })
  upsert(
    @CurrentActor() actor: Actor,
    @UserIdParam() userId: string,
    @Body() input: UpsertUserDto,
  ): Promise<UserView> {
    return this.users.upsert(actor, userId, input);
  }

  @Delete(':userId/tokens')
  @Limited('tokens')
  @Documented({
    id: 'revokeTokens',
    summary: 'End a user’s tokens',
    description: 'Those issued up to `before`, or up to now. They end on every process within two seconds.',
    scope: 'users',
    body: RevokeTokensDto,
    answers: { 204: null },
    errors: ['permission.denied', 'user.not_found', 'actor.required'],
  })
  revokeTokens(
    @CurrentActor() actor: Actor,
    @UserIdParam() userId: string,
    @Body() input: RevokeTokensDto,
  ): Promise<void> {
    return this.users.revokeTokens(actor, userId, input);
  }
}
