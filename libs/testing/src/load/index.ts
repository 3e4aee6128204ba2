export { nowMicros } from './clock';
export { framings, type Dialect } from './dialect';
export {
  generatorLimits,
  Generators,
  type ConnectOutcome,
  type GeneratorHealth,
  type SendLoad,
  type SendOutcome,
} from './generators';
export { Latency, type LatencySummary } from './latency';
export type { ClientPlan, Target } from './load-client';
export { findCores, pin, type Cores } from './pinning';
export { cpuSeconds, pssBytes } from './process-usage';
export { RawWebSocket } from './raw-web-socket';
