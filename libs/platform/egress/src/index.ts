export { Egress, type EgressOptions } from './egress';
export { EgressError, type EgressFailure } from './egress.error';
export { EgressModule } from './egress.module';
export type { EgressAnswer, EgressRequest } from './egress.types';
