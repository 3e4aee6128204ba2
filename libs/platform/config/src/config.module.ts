import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { loadConfig, processEnv, type Env } from './load-config';
import type { ConfigSection } from './setting';

/** Injects the values of a section: `@InjectConfig(databaseConfig) config: ConfigOf<typeof databaseConfig>`. */
export function InjectConfig(section: ConfigSection): ParameterDecorator {
  return Inject(section.token);
}

/** Provides each section's values under its token, to the whole process. */
@Global()
@Module({})
export class ConfigModule {
  /** @throws ConfigError when the environment does not fit the sections. */
  static forRoot(sections: readonly ConfigSection[], env: Env = processEnv()): DynamicModule {
    const config = loadConfig(sections, env);
    return {
      module: ConfigModule,
      providers: sections.map(({ name, token }) => ({ provide: token, useValue: config[name] })),
      exports: sections.map(({ token }) => token),
    };
  }
}
