import { Injectable } from '@nestjs/common';
import type { UpdateSettingsDto } from '@parley/contracts/dto';
import type { SettingsView } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { assertMayManageSettings } from './settings.policy';
import { changedLimits, completeLimits, ownLimits } from './tenant-limits';
import { TenantRepository } from './tenant.repository';
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
    return { limits: completeLimits(ownLimits(await this.repository.findSettings(actor.tenantId))) };
  }

  /**
   * Absent settings stay. At once true here, within seconds on every process.
   * @throws AppError `permission.denied`, `scope.missing`
   */
  async update(actor: Actor, { limits: change = {} }: UpdateSettingsDto): Promise<SettingsView> {
    assertMayManageSettings(actor);
    const limits = await this.repository.changeSettings(actor.tenantId, (settings) => {
      const own = changedLimits(ownLimits(settings), change);
      return { settings: { ...settings, limits: own }, result: completeLimits(own) };
    });
    this.settings.forget(actor.tenantId);
    return { limits };
  }
}
