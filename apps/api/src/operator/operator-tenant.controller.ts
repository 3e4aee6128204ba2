import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { CreateTenantDto, PageQueryDto, UpdateTenantDto } from '@parley/contracts/dto';
import type { CreatedTenantView, Page, TenantView } from '@parley/contracts/wire';
import { CurrentOperator, ForOperators, type OperatorActor } from '@parley/platform/auth';
import type { Once } from '@parley/platform/idempotency';
import { OperatorTenantService } from '@parley/domain/tenants';
import { IdParam } from '../http/params';
import { UnderKey } from '../http/under-key';
import { Documented, pageOf, Section, wire } from '../openapi/operation';

@Section('Operation')
@ForOperators()
@Controller('v1/operator/tenants')
export class OperatorTenantController {
  constructor(private readonly tenants: OperatorTenantService) {}

  @Get()
  @Documented({
    id: 'listTenants',
    summary: 'List the tenants of the installation',
    operatorScope: 'read',
    query: PageQueryDto,
    answers: { 200: pageOf(wire('TenantView')) },
    errors: ['cursor.invalid'],
  })
  list(@CurrentOperator() operator: OperatorActor, @Query() query: PageQueryDto): Promise<Page<TenantView>> {
    return this.tenants.list(operator, query);
  }

  @Post()
  @Documented({
    id: 'createTenant',
    summary: 'Make a tenant with its first keys',
    description: 'The answer is the only time that their secrets are shown.',
    operatorScope: 'manage',
    body: CreateTenantDto,
    example: { name: 'Acme' },
    answers: { 201: wire('CreatedTenantView') },
  })
  create(
    @CurrentOperator() operator: OperatorActor,
    @Body() input: CreateTenantDto,
    @UnderKey() once: Once,
  ): Promise<CreatedTenantView> {
    return this.tenants.create(operator, input, once);
  }

  @Get(':tenantId')
  @Documented({
    id: 'getTenant',
    summary: 'Get a tenant',
    operatorScope: 'read',
    answers: { 200: wire('TenantView') },
    errors: ['tenant.not_found'],
  })
  get(
    @CurrentOperator() operator: OperatorActor,
    @IdParam('tenantId') tenantId: string,
  ): Promise<TenantView> {
    return this.tenants.get(operator, tenantId);
  }

  @Patch(':tenantId')
  @Documented({
    id: 'updateTenant',
    summary: 'Rename, suspend or reactivate a tenant',
    description:
      'A suspended tenant’s requests are refused and its connections end within two seconds; nothing of it is deleted.',
    operatorScope: 'manage',
    body: UpdateTenantDto,
    example: { status: 'suspended' },
    answers: { 200: wire('TenantView') },
    errors: ['tenant.not_found'],
  })
  update(
    @CurrentOperator() operator: OperatorActor,
    @IdParam('tenantId') tenantId: string,
    @Body() input: UpdateTenantDto,
  ): Promise<TenantView> {
    return this.tenants.update(operator, tenantId, input);
  }
}
