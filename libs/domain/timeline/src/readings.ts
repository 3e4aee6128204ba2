import { GatheredCalls, type Db } from '@parley/platform/database';
import {
  timelineAccess,
  timelineHeads,
  timelineRanges,
  type AccessRow,
  type Gathered,
  type HeadRow,
  type RangeRow,
} from './timeline.functions';

export interface HeadsQuestion {
  userId: string;
  after: string | null;
  limit: number;
}

export interface AccessQuestion {
  userId: string;
  conversationIds: readonly string[];
}

export interface RangesQuestion {
  wanted: readonly { conversationId: string; from: number; to: number }[];
  limit: number;
}

type Questioner = Pick<Db, 'hot'>;

/** Few enough that one long answer does not keep many short ones waiting. */
const gathering = { most: 24, atOnce: 2, apartMs: 5 };
/** Asked by those who have just come: they have waited for more than that. */
const arriving = { ...gathering, apartMs: 20 };

/** What many ask of the timeline when they all come at once, in few calls. */
export class Readings {
  private readonly headsCalls;
  private readonly accessCalls;
  private readonly rangesCalls;

  constructor(db: Questioner) {
    this.headsCalls = new GatheredCalls<HeadsQuestion, HeadRow[]>(arriving, (tenantId, questions) =>
      heads(db, tenantId, questions),
    );
    this.accessCalls = new GatheredCalls<AccessQuestion, AccessRow[]>(gathering, (tenantId, questions) =>
      access(db, tenantId, questions),
    );
    this.rangesCalls = new GatheredCalls<RangesQuestion, RangeRow[]>(gathering, (tenantId, questions) =>
      ranges(db, tenantId, questions),
    );
  }

  heads(tenantId: string, question: HeadsQuestion): Promise<HeadRow[]> {
    return this.headsCalls.ask(tenantId, question);
  }

  access(tenantId: string, question: AccessQuestion): Promise<AccessRow[]> {
    return this.accessCalls.ask(tenantId, question);
  }

  ranges(tenantId: string, question: RangesQuestion): Promise<RangeRow[]> {
    return this.rangesCalls.ask(tenantId, question);
  }
}

async function heads(
  { hot }: Questioner,
  tenantId: string,
  questions: readonly HeadsQuestion[],
): Promise<HeadRow[][]> {
  const rows = await hot.call(
    timelineHeads,
    tenantId,
    questions.map(({ userId }) => userId),
    questions.map(({ after }) => after),
    questions.map(({ limit }) => limit),
  );
  return answersTo(questions, rows, ({ i }) => i - 1);
}

async function access(
  { hot }: Questioner,
  tenantId: string,
  questions: readonly AccessQuestion[],
): Promise<AccessRow[][]> {
  const pairs = questions.flatMap(({ userId, conversationIds }, question) =>
    conversationIds.map((conversationId) => ({ question, userId, conversationId })),
  );
  const rows = await hot.call(
    timelineAccess,
    tenantId,
    pairs.map(({ userId }) => userId),
    pairs.map(({ conversationId }) => conversationId),
  );
  return answersTo(questions, rows, ({ i }) => pairs[i - 1]?.question);
}

async function ranges(
  { hot }: Questioner,
  tenantId: string,
  questions: readonly RangesQuestion[],
): Promise<RangeRow[][]> {
  const readings = questions.map(({ wanted, limit }) => ({
    n: limit,
    w: wanted.map(({ conversationId, from, to }) => ({ c: conversationId, from, to })),
  }));
  const rows = await hot.call(timelineRanges, tenantId, JSON.stringify(readings));
  return answersTo(questions, rows, ({ i }) => i - 1);
}

function answersTo<R>(
  questions: readonly unknown[],
  rows: readonly (R & Gathered)[],
  questionOf: (row: Gathered) => number | undefined,
): R[][] {
  const answers = questions.map((): R[] => []);
  for (const row of rows) answers[questionOf(row) ?? NaN]?.push(row);
  return answers;
}
