import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { CreateTenantDto, PageQueryDto, UpdateTenantDto } from '@parley/contracts/dto';
import { AppError, limits, type CreatedTenantView, type Page, type TenantView } from '@parley/contracts/wire';
import { assertOperatorScope, type OperatorActor } from '@parley/platform/auth';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { TenantRepository } from './tenant.repository';
import { TenantService } from './tenant.service';
import { tenantView } from './tenant.view';

/** The tenants as whoever runs the installation sees them: that they are there, and nothing of what is in them (S18). */
@Injectable()
export class OperatorTenantService {
  constructor(
    private readonly tenants: TenantService,
    private readonly repository: TenantRepository,
    private readonly publisher: Publisher,
  ) {}

  /** By id. @throws AppError `scope.missing`, `cursor.invalid` */
  async list(operator: OperatorActor, query: PageQueryDto): Promise<Page<TenantView>> {
    assertOperatorScope(operator, 'read');
    const limit = query.limit ?? limits.pageDefaultItems;
    const rows = await this.repository.list(decodeCursor(query.cursor, z.uuid()), limit + 1);
    return pageOf(rows.map(tenantView), limit, ({ id }) => id);
  }

  /** @throws AppError `scope.missing`, `tenant.not_found` */
  async get(operator: OperatorActor, tenantId: string): Promise<TenantView> {
    assertOperatorScope(operator, 'read');
    const row = await this.repository.find(tenantId);
    if (row === null) throw new AppError('tenant.not_found');
    return tenantView(row);
  }

  /** The only time that the secrets of its first keys are shown. @throws AppError `scope.missing`, `idempotency.key_conflict` */
  async create(
    operator: OperatorActor,
    { name }: CreateTenantDto,
    once: Once = everyTime,
  ): Promise<CreatedTenantView> {
    assertOperatorScope(operator, 'manage');
    return this.tenants.create(name, once);
  }

  /**
   * Suspending ends every request and connection of the tenant within two seconds, on every process; nothing is deleted,
   * and `active` lets them in again.
   * @throws AppError `scope.missing`, `tenant.not_found`
   */
  async update(operator: OperatorActor, tenantId: string, input: UpdateTenantDto): Promise<TenantView> {
    assertOperatorScope(operator, 'manage');
    const row = await this.repository.change(tenantId, input);
    if (row === null) throw new AppError('tenant.not_found');
    if (input.status === 'suspended') this.publisher.publishRevocations([{ kind: 'tenant', tenantId }]);
    return tenantView(row);
  }
}
