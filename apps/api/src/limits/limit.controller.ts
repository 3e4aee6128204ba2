import { Controller, Get } from '@nestjs/common';
import type { LimitsView } from '@parley/contracts/wire';
import { CurrentActor, type Actor } from '@parley/platform/auth';
import { Limits } from '@parley/domain/limits';
import { Documented, Section, wire } from '../openapi/operation';

@Section('Users')
@Controller('v1/limits')
export class LimitController {
  constructor(private readonly limits: Limits) {}

  @Get()
  @Documented({
    id: 'getLimits',
    summary: 'See your limits, and what is left of them',
    answers: { 200: wire('LimitsView') },
  })
  get(@CurrentActor() actor: Actor): Promise<LimitsView> {
    return this.limits.view(actor);
  }
}
