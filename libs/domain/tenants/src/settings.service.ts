import { Injectable } from '@nestjs/common';
import type { UpdateSettingsDto } from '@parley/contracts/dto';
import type { SettingsView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { recordAct } from '@parley/domain/audit';
import { changedMessageSettings, completeMessageSettings, ownMessageSettings } from './message-settings';
import { ownOrigins } from './origin.policy';
import { assertMayManageSettings } from './settings.policy';
import { changedLimits, completeLimits, ownLimits } from './tenant-limits';
import { TenantRepository } from './tenant.repository';
import { changedUserSettings, completeUserSettings, ownUserSettings } from './user-settings';
import { TenantSettings } from './tenant-settings';

/** The settings of the actor's tenant. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly repository: TenantRepository,
    private readonly settings: TenantSettings,
  ) {}

  /** @throws AppError `permission.denied`, `scope.missing` */
  async get(actor: Actor): Promise<SettingsView> {
    assertMayManageSettings(actor);
    return settingsView(await this.repository.findSettings(actor.tenantId));
  }

  /**
   * Absent settings stay. At once true here, within seconds on every process.
   * @throws AppError `permission.denied`, `scope.missing`
   */
  async update(
    actor: Actor,
    { limits: limitChange = {}, messages: messageChange = {}, users: userChange = {}, origins }: UpdateSettingsDto,
  ): Promise<SettingsView> {
    assertMayManageSettings(actor);
    const view = await this.repository.changeSettings(actor.tenantId, async (tx, before) => {
      const settings = {
        ...before,
        limits: changedLimits(ownLimits(before), limitChange),
        messages: changedMessageSettings(ownMessageSettings(before), messageChange),
        ...(origins === undefined ? {} : { origins }),
        users: changedUserSettings(ownUserSettings(before), userChange),
      };
      const details = { limits: limitChange, messages: messageChange, users: userChange };
      await recordAct(tx, actor, { action: 'settings.update', details });
      return { settings, result: settingsView(settings) };
    });
    this.settings.forget(actor.tenantId);
    return view;
  }
}

function settingsView(settings: unknown): SettingsView {
  return {
    limits: completeLimits(ownLimits(settings)),
    messages: completeMessageSettings(ownMessageSettings(settings)),
    origins: ownOrigins(settings),
    users: completeUserSettings(ownUserSettings(settings)),
  };
}
