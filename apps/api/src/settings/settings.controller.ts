import { Body, Controller, Get, Patch } from '@nestjs/common';
import { UpdateSettingsDto } from '@parley/contracts/dto';
import type { SettingsView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { SettingsService } from '@parley/domain/tenants';
import { Limited } from '../limits/rate-limit.guard';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Administration')
@Limited('admin')
@Controller('v1/admin/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Documented({
    id: 'getSettings',
    summary: 'See the tenant’s settings',
    scope: 'limits',
    answers: { 200: wire('SettingsView') },
    errors: ['permission.denied'],
  })
  get(@CurrentActor() actor: Actor): Promise<SettingsView> {
    return this.settings.get(actor);
  }

  @Patch()
  @Documented({
    id: 'updateSettings',
    summary: 'Change the tenant’s settings',
    description:
      'Absent settings stay. Every process knows within seconds. A limit has no switch: set it as high as you need. ' +
      '`messages.editWindowMinutes` null: messages may be edited at any time. `messages.deletedTextRetentionDays` counts ' +
      'from the deletion, by the setting at that time. `origins` are the web origins whose pages may call, over REST and ' +
      'sockets, instead of those of the installation; `https://*.example.com` is any single label before `example.com`, ' +
      'an empty list lets no page in, and null brings those of the installation back. `users.directory` `shared`: members ' +
      'find only those with whom they share a conversation; moderators, admins and server keys that act for nobody find all. ' +
      '`features` that are null are as the installation has them.',
    scope: 'limits',
    body: UpdateSettingsDto,
    example: { limits: { messages: { perMinute: 300, burst: 60 }, socketsPerUser: 10 } },
    answers: { 200: wire('SettingsView') },
    errors: ['permission.denied'],
  })
  update(@CurrentActor() actor: Actor, @Body() input: UpdateSettingsDto): Promise<SettingsView> {
    return this.settings.update(actor, input);
  }
}
