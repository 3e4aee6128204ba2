import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { TenantFeatures } from '@parley/contracts/wire';
import { featuresConfig } from './features.config';

/** Tells the whole process what tenants offer that have not decided themselves; without it that is nothing. */
@Global()
@Module({})
export class FeaturesModule {
  static forRoot(defaults: TenantFeatures): DynamicModule {
    return {
      module: FeaturesModule,
      providers: [{ provide: featuresConfig.token, useValue: defaults }],
      exports: [featuresConfig.token],
    };
  }
}
