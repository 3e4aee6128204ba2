import { Nonconformance } from './expect';
import type { ClientKind, Connection } from './client.types';
import type { Installation } from './installation';
import type { Scenario } from './scenario.types';
import { catchingUp } from './scenarios/catching-up';
import { changing } from './scenarios/changing';
import { connecting } from './scenarios/connecting';
import { sending } from './scenarios/sending';

export const scenarios: readonly Scenario[] = [...connecting, ...sending, ...catchingUp, ...changing];

/** Undefined: it conforms. Otherwise what was found wrong. */
export type Verdict = string | undefined;

/** One scenario with one client; whatever it opened is closed. */
export async function judge(
  scenario: Scenario,
  client: ClientKind,
  installation: Installation,
): Promise<Verdict> {
  const open: Connection[] = [];
  const connectWith = async (token: string): Promise<Connection> => {
    const connection = await client.connect(installation.socketUrl, token);
    open.push(connection);
    return connection;
  };
  const connect = async (user: string) => connectWith(await installation.token(user));
  try {
    await scenario.run({ installation, connect, connectWith });
    return undefined;
  } catch (error) {
    return error instanceof Nonconformance ? error.message : `could not be judged: ${String(error)}`;
  } finally {
    await Promise.all(open.map((each) => each.close()));
  }
}
