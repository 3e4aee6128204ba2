import type { Scenario } from '../scenario.types';
import { connect } from './connect';
import { history } from './history';
import { hot } from './hot';
import { idle } from './idle';
import { inbox } from './inbox';
import { latency } from './latency';
import { overload } from './overload';
import { resume } from './resume';
import { room } from './room';
import { send } from './send';
import { slow } from './slow';

/** In the order in which they are measured and shown. */
export const scenarios: readonly Scenario[] = [
  send,
  latency,
  hot,
  room,
  idle,
  connect,
  resume,
  history,
  inbox,
  overload,
  slow,
];
