import { Body, Controller, Get, Put } from '@nestjs/common';
import { PresenceQueryDto, PresenceSetDto } from '@parley/contracts/dto';
import type { Page, PresenceView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { PresenceService } from '@parley/domain/presence';
import { UserIdsQuery } from '../http/params';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Presence')
@Controller('v1/presence')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Get()
  @Documented({
    id: 'getPresence',
    summary: 'See whether users are here',
    description:
      'Those of the named users with whom you share a conversation (`userId` may stand up to 200 times); without a name ' +
      'yourself. While Redis is away nobody is known to be here. Over sockets `presence.watch` also tells of every change.',
    scope: 'users',
    query: PresenceQueryDto,
    answers: { 200: pageOf(wire('PresenceView')) },
    errors: ['actor.required'],
  })
  async list(@CurrentActor() actor: Actor, @UserIdsQuery() userIds: string[]): Promise<Page<PresenceView>> {
    return { data: await this.presence.list(actor, userIds), page: { next: null } };
  }

  @Put()
  @Documented({
    id: 'setPresence',
    summary: 'Say that you are here, away, or not to be seen',
    description:
      'On all devices that are connected. Only a connection makes you online; `invisible` lasts until you say otherwise.',
    scope: 'users',
    body: PresenceSetDto,
    example: { status: 'away' },
    answers: { 200: wire('PresenceView') },
    errors: ['actor.required', 'service.unavailable'],
  })
  set(@CurrentActor() actor: Actor, @Body() { status }: PresenceSetDto): Promise<PresenceView> {
    return this.presence.choose(actor, status);
  }
}
