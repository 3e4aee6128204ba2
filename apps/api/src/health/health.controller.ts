import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '@parley/platform/auth';
import { Clock } from '@parley/platform/clock';
import { Health, healthStatusCode, type PublicHealth } from '@parley/platform/telemetry';
import { answer } from '../http/answer';
import { Documented, object, Section } from '../openapi/operation';

const healthView = object({
  status: { type: 'string', enum: ['ok', 'degraded', 'error', 'starting', 'stopping'] },
  timestamp: { type: 'string', format: 'date-time' },
  services: { type: 'object', additionalProperties: { type: 'string', enum: ['up', 'down'] } },
});

@Section('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Public()
  @Documented({
    id: 'getHealth',
    summary: 'See whether the service works',
    description: 'Only PostgreSQL can make it 503; what else is down is named.',
    answers: { 200: healthView, 503: healthView },
  })
  async report(@Res({ passthrough: true }) response: Response): Promise<PublicHealth> {
    const report = await this.health.publicReport(this.clock.now());
    return answer(response, healthStatusCode(report.status), report);
  }
}
