import { Module } from '@nestjs/common';
import { SettingsModule } from '@parley/domain/tenants';
import { Limits } from './limits';

@Module({ imports: [SettingsModule], providers: [Limits], exports: [Limits] })
export class LimitsModule {}
