import type { SendOutcome } from '@parley/testing/load';
import type { Lab } from '../lab';
import type { MadeWorld, Subject, World } from '../subjects/subject.types';
import { judge, type Step } from './step';
import { CpuWindow } from './usage';

export interface Pace {
  warmMs: number;
  measuredMs: number;
  settleMaxMs?: number;
  textBytes?: number;
}

export interface CrowdPlan extends World {
  /** Who sends into which conversation, by their numbers; they take turns. */
  lanes: readonly { user: number; conversation: number }[];
}

/** A world in one subject with everybody connected, ready to be sent into at any rate. */
export class Crowd {
  private constructor(
    readonly lab: Lab,
    readonly subject: Subject,
    readonly plan: CrowdPlan,
    readonly world: MadeWorld,
  ) {}

  static async make(lab: Lab, subject: Subject, plan: CrowdPlan): Promise<Crowd> {
    return new Crowd(lab, subject, plan, await subject.make(plan));
  }

  /** Connects everybody anew; what an overload left behind is gone with the old connections. */
  async connect(): Promise<void> {
    const { users, conversations } = this.plan;
    const own = new Map<number, string[]>();
    for (const [place, members] of conversations.entries()) {
      const id = this.world.conversationIds[place] ?? '';
      for (const user of members) own.set(user, [...(own.get(user) ?? []), id]);
    }
    const clients = Array.from({ length: users }, (_, user) => ({
      auth: this.world.auth(user),
      conversations: own.get(user) ?? [],
    }));
    const { connected, failed } = await this.lab.generators.connect(targetOf(this.subject), clients);
    if (connected < users)
      throw new Error(`${users - connected} of ${users} could not connect: ${JSON.stringify(failed)}`);
  }

  /** Code that V8 has not compiled yet is no slow server: it takes tens of thousands of messages. */
  async warmUp(perSecond: number): Promise<void> {
    for (const share of [0.25, 0.5]) await this.send(share * perSecond, this.warmingPace);
    await this.warmAgain(perSecond);
  }

  /** What rested while others were measured is cold: its first seconds are no figure of the rate that is asked for. */
  async warmAgain(perSecond: number): Promise<void> {
    await this.send(perSecond, this.warmingPace);
    await this.connect();
  }

  private get warmingPace(): Pace {
    return { warmMs: 0, measuredMs: this.lab.quick ? 1_500 : 8_000 };
  }

  /** One step at this rate. A step that did not pass leaves fresh connections behind. */
  async run(perSecond: number, pace: Pace): Promise<Step> {
    const cpu = new CpuWindow(this.subject);
    const outcome = await this.send(perSecond, pace, (edge) => (edge === 'begin' ? cpu.begin() : cpu.end()));
    const step = judge(perSecond, outcome, cpu.used(), this.subject.keepsOrder);
    this.lab.options.say(describe(this.subject.name, step));
    if (step.verdict !== 'passed') await this.connect();
    return step;
  }

  /** The messages alone: nobody judges them, nobody connects anew. */
  send(perSecond: number, pace: Pace, onWindow?: (edge: 'begin' | 'end') => void): Promise<SendOutcome> {
    const lanes = this.plan.lanes.map(({ user, conversation }) => ({
      client: user,
      conversation: this.world.conversationIds[conversation] ?? '',
    }));
    return this.lab.generators.send({
      lanes,
      perSecond,
      ...pace,
      ...(onWindow === undefined ? {} : { onWindow }),
    });
  }

  /** The same, once more where the first step is void: a hiccup of the machine is no figure. */
  async runTwice(perSecond: number, pace: Pace): Promise<Step> {
    const step = await this.run(perSecond, pace);
    return step.verdict === 'void' ? this.run(perSecond, pace) : step;
  }
}

export function targetOf({ port, dialect }: Subject): {
  host: string;
  port: number;
  dialect: Subject['dialect'];
} {
  return { host: '127.0.0.1', port, dialect };
}

function describe(name: string, { perSecond, verdict, why, outcome, cpu }: Step): string {
  const { ackLatency, deliveryLatency, generator, ackedInWindow } = outcome;
  const figures = [
    `ack p99 ${ackLatency.p99.toFixed(1)} ms`,
    `delivery p50 ${deliveryLatency.p50.toFixed(2)} p99 ${deliveryLatency.p99.toFixed(1)} ms`,
    `CPU ${((cpu.total / Math.max(1, ackedInWindow)) * 1e6).toFixed(0)} µs/message`,
    `generator ${(generator.cpuShare * 100).toFixed(0)} % lag p99 ${generator.lagP99Ms.toFixed(2)} ms`,
  ];
  return `  ${name} ${perSecond.toFixed(0)}/s: ${verdict}${why === '' ? '' : ` (${why})`}, ${figures.join(', ')}`;
}
