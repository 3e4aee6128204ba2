import type { Scenario } from '../scenario.types';
import { connect } from './connect';
import { hot } from './hot';
import { idle } from './idle';
import { latency } from './latency';
import { room } from './room';
import { send } from './send';

/** In the order in which they are measured and shown. */
export const scenarios: readonly Scenario[] = [send, latency, hot, room, idle, connect];
