import { Injectable } from '@nestjs/common';
import type { CreateConversationDto } from '@parley/contracts/dto';
import type { BusEvent } from '@parley/contracts/internal';
import type { ConversationView } from '@parley/contracts/wire';
import { assertScope, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Done, type Once } from '@parley/platform/idempotency';
import { Publisher } from '@parley/platform/realtime';
import { assertMayMeet } from '@parley/domain/blocks';
import { ConversationViews } from '@parley/domain/inbox';
import { ParticipantWriter } from '@parley/domain/participants';
import { planConversation, type ConversationPlan } from './conversation.plan';
import { ConversationRepository } from './conversation.repository';

export interface CreatedConversation {
  conversation: ConversationView;
  /** False: it was there already, as distinct ones may be. */
  created: boolean;
}

/** Makes conversations, and shows one. */
@Injectable()
export class ConversationService {
  constructor(
    private readonly db: Db,
    private readonly views: ConversationViews,
    private readonly participants: ParticipantWriter,
    private readonly repository: ConversationRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Anybody may create; the creator owns it. A direct or distinct one that exists comes back instead.
   * @throws AppError `request.invalid` (unknown users; a direct one that is not of two), `user.blocked`, `conversation.not_found` where the
   * caller has left the one that exists
   */
  async create(
    actor: Actor,
    input: CreateConversationDto,
    once: Once = everyTime,
  ): Promise<CreatedConversation> {
    assertScope(actor, 'conversations');
    const plan = planConversation(input, actor.userId);
    const { answer, news } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, () => this.makeOrFind(tx, actor, plan)),
    );
    if (news !== null) this.announce(actor.tenantId, answer.conversation, plan, news);
    return answer;
  }

  /** @throws AppError `conversation.not_found`, for former participants too */
  async get(actor: Actor, conversationId: string): Promise<ConversationView> {
    assertScope(actor, 'conversations');
    return this.views.one(actor, conversationId);
  }

  private async makeOrFind(
    tx: Tx,
    actor: Actor,
    plan: ConversationPlan,
  ): Promise<Done<CreatedConversation, BusEvent[] | null>> {
    const id = await this.repository.insert(tx, plan);
    if (id === null) {
      const conversation = await this.existing(tx, actor, plan);
      return { answer: { conversation, created: false }, news: null };
    }
    if (plan.kind === 'direct') await assertPairMayMeet(tx, plan);
    const joined = await this.letIn(tx, id, plan);
    const conversation = await this.views.one(actor, id, tx);
    return { answer: { conversation, created: true }, news: joined };
  }

  private async letIn(tx: Tx, conversationId: string, plan: ConversationPlan): Promise<BusEvent[]> {
    await this.participants.assertUsersExist(
      tx,
      plan.participants.map(({ userId }) => userId),
    );
    // Nobody else can see the conversation before the commit: its head is as good as locked.
    const place = { conversationId, head: { lastSeq: 0, messageCount: 0 }, actor: plan.createdBy };
    return this.participants.join(tx, place, plan.history, plan.participants);
  }

  private async existing(tx: Tx, actor: Actor, plan: ConversationPlan): Promise<ConversationView> {
    const id = plan.distinctKey === null ? null : await this.repository.findDistinct(tx, plan.distinctKey);
    if (id === null) throw new RangeError('a conversation was neither made nor found');
    return this.views.one(actor, id, tx);
  }

  private announce(
    tenantId: string,
    conversation: ConversationView,
    plan: ConversationPlan,
    events: BusEvent[],
  ): void {
    this.publisher.publish(events);
    const data = withoutMe(conversation);
    this.publisher.publishToUsers({
      tenantId,
      userIds: plan.participants.map(({ userId }) => userId),
      type: 'conversation.created',
      json: JSON.stringify({ type: 'conversation.created', at: data.createdAt, data }),
    });
  }
}

async function assertPairMayMeet(tx: Tx, { participants: [one, other] }: ConversationPlan): Promise<void> {
  if (one !== undefined && other !== undefined) await assertMayMeet(tx, one.userId, other.userId);
}

/** The same conversation as everybody in it may see it. */
function withoutMe({ me: _, ...view }: ConversationView): ConversationView {
  return view;
}
