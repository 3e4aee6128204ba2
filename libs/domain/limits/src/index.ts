export { Limits } from './limits';
export { LimitsModule } from './limits.module';
export type { RequestClass } from './request-class';
