import { Injectable, Optional } from '@nestjs/common';
import type { UpdateSettingsDto } from '@parley/contracts/dto';
import { defaultTenantFeatures, type SettingsView, type TenantFeatures } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { InjectConfig } from '@parley/platform/config';
import { recordAct } from '@parley/domain/audit';
import { featuresConfig } from './features.config';
import { changedMessageSettings, completeMessageSettings, ownMessageSettings } from './message-settings';
import { ownOrigins } from './origin.policy';
import { assertMayManageSettings } from './settings.policy';
import { changedFeatures, completeFeatures, ownFeatures } from './tenant-features';
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
    @Optional()
    @InjectConfig(featuresConfig)
    private readonly features: TenantFeatures = defaultTenantFeatures,
  ) {}

  /** @throws AppError `permission.denied`, `scope.missing` */
  async get(actor: Actor): Promise<SettingsView> {
    assertMayManageSettings(actor);
    return settingsView(await this.repository.findSettings(actor.tenantId), this.features);
  }

  /**
   * Absent settings stay. At once true here, within seconds on every process.
   * @throws AppError `permission.denied`, `scope.missing`
   */
  async update(
    actor: Actor,
    {
      limits: limitChange = {},
      messages: messageChange = {},
      users: userChange = {},
      features: featureChange = {},
      origins,
    }: UpdateSettingsDto,
  ): Promise<SettingsView> {
    assertMayManageSettings(actor);
    const view = await this.repository.changeSettings(actor.tenantId, async (tx, before) => {
      const settings = {
        ...before,
        limits: changedLimits(ownLimits(before), limitChange),
        messages: changedMessageSettings(ownMessageSettings(before), messageChange),
        ...(origins === undefined ? {} : { origins }),
        users: changedUserSettings(ownUserSettings(before), userChange),
        features: changedFeatures(ownFeatures(before), featureChange),
      };
      const details = {
        limits: limitChange,
        messages: messageChange,
        users: userChange,
        features: featureChange,
        ...(origins === undefined ? {} : { origins }),
      };
      await recordAct(tx, actor, { action: 'settings.update', details });
      return { settings, result: settingsView(settings, this.features) };
    });
    this.settings.forget(actor.tenantId);
    return view;
  }
}

function settingsView(settings: unknown, features: TenantFeatures): SettingsView {
  return {
    limits: completeLimits(ownLimits(settings)),
    messages: completeMessageSettings(ownMessageSettings(settings)),
    origins: ownOrigins(settings),
    users: completeUserSettings(ownUserSettings(settings)),
    features: completeFeatures(ownFeatures(settings), features),
  };
}
