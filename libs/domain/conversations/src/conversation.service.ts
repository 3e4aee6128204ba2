import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ConversationPageQueryDto, CreateConversationDto } from '@parley/contracts/dto';
import type { BusEvent } from '@parley/contracts/internal';
import { AppError, limits, type ConversationView, type Page } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Done, type Once } from '@parley/platform/idempotency';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { ConversationAccess, ParticipantWriter } from '@parley/domain/participants';
import { planConversation, type ConversationPlan } from './conversation.plan';
import { ConversationRepository } from './conversation.repository';
import { conversationView, withoutMe } from './conversation.view';

export interface CreatedConversation {
  conversation: ConversationView;
  /** False: it was there already, as distinct ones may be. */
  created: boolean;
}

const activityCursor = z.tuple([z.iso.datetime().transform((at) => new Date(at)), z.uuid()]);

/** Makes conversations and finds them. */
@Injectable()
export class ConversationService {
  constructor(
    private readonly db: Db,
    private readonly access: ConversationAccess,
    private readonly participants: ParticipantWriter,
    private readonly repository: ConversationRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Anybody may create; the creator owns it. A direct or distinct one that exists comes back instead.
   * @throws AppError `request.invalid` (unknown users; a direct one that is not of two), `conversation.not_found` where the
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

  /** @throws AppError `conversation.not_found` */
  async get(actor: Actor, conversationId: string): Promise<ConversationView> {
    assertScope(actor, 'conversations');
    return this.db.tx(actor.tenantId, async (tx) => {
      await this.access.standing(tx, actor, conversationId);
      return this.view(tx, conversationId, actor.userId);
    });
  }

  /** The user's current conversations, the last active first. @throws AppError `actor.required`, `cursor.invalid` */
  async list(actor: Actor, query: ConversationPageQueryDto): Promise<Page<ConversationView>> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const cursor = decodeCursor(query.cursor, activityCursor);
    const after = cursor === null ? null : { at: cursor[0], id: cursor[1] };
    const filter = {
      kind: query.kind ?? null,
      subjectType: query.subjectType ?? null,
      subjectId: query.subjectId ?? null,
    };
    const limit = query.limit ?? limits.pageDefaultItems;
    return this.db.tx(actor.tenantId, async (tx) => {
      const places = await this.repository.list(tx, userId, filter, after, limit + 1);
      const { data, page } = pageOf(places, limit, ({ at, id }) => [at.toISOString(), id]);
      const rows = await this.repository.find(
        tx,
        data.map(({ id }) => id),
        userId,
      );
      const views = new Map(rows.map((row) => [row.id, conversationView(row)]));
      return { data: data.flatMap(({ id }) => views.get(id) ?? []), page };
    });
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
    const joined = await this.letIn(tx, id, plan);
    const conversation = await this.view(tx, id, actor.userId);
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
    await this.access.standing(tx, actor, id);
    return this.view(tx, id, actor.userId);
  }

  private async view(tx: Tx, conversationId: string, userId: string | null): Promise<ConversationView> {
    const [row] = await this.repository.find(tx, [conversationId], userId);
    if (row === undefined) throw new AppError('conversation.not_found');
    return conversationView(row);
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
