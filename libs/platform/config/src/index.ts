export { ConfigError } from './config.error';
export { ConfigModule, InjectConfig } from './config.module';
export { edgeConfig } from './edge.config';
export { describeConfig, loadConfig, loadConfigOrExit, processEnv, type Env } from './load-config';
export { renderConfigDocs, renderEnvExample, type AppConfiguration } from './render';
export { runtimeConfig } from './runtime.config';
export {
  defineConfig,
  setting,
  type ConfigOf,
  type ConfigSection,
  type LoadedConfig,
  type Setting,
  type SettingOptions,
} from './setting';
