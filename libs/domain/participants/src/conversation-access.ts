import { Injectable } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { Timeline, type LockedHead } from '@parley/domain/timeline';
import type { Standing } from './participant.policy';
import { ParticipantRepository, type ConversationRules } from './participant.repository';

/** The seqs that a caller may see, both ends inclusive. */
export interface VisibleSeqs {
  from: number;
  to: number;
}

/** A conversation under its lock, for somebody who may be none of its participants. */
export type OpenConversation = Pick<LockedConversation, 'head' | 'rules'>;

/** A conversation under its lock. What is read after the lock holds until the commit. */
export interface LockedConversation {
  head: LockedHead;
  rules: ConversationRules;
  /** What the actor is in it. */
  standing: Standing;
  visible: VisibleSeqs;
}

/** Answers whether an actor may see a conversation. What it may not see and what is not there look the same (S36). */
@Injectable()
export class ConversationAccess {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly repository: ParticipantRepository,
  ) {}

  /** What the actor may read: a former participant up to its leaving. @throws AppError `conversation.not_found` */
  async visibleSeqs(actor: Actor, conversationId: string): Promise<VisibleSeqs> {
    if (actor.userId === null) {
      const exists = await this.db.tx(actor.tenantId, (tx) => this.repository.exists(tx, conversationId));
      if (!exists) throw new AppError('conversation.not_found');
      return { from: 1, to: Number.MAX_SAFE_INTEGER };
    }
    const [access] = await this.timeline.access(actor.tenantId, actor.userId, [conversationId]);
    if (access === undefined) throw new AppError('conversation.not_found');
    return { from: access.visibleFrom, to: access.leftSeq ?? access.lastSeq };
  }

  /** Locks the conversation for a write of the actor. @throws AppError `conversation.not_found`, for former participants too */
  async lock(tx: Tx, actor: Actor, conversationId: string): Promise<LockedConversation> {
    const head = await this.timeline.lock(tx, conversationId);
    if (head === null) throw new AppError('conversation.not_found');
    const own = await this.own(tx, actor, conversationId);
    const rules = await this.repository.rules(tx, conversationId);
    // Its last participants are taken out after the deletion.
    if (rules.status === 'deleted') throw new AppError('conversation.not_found');
    return { head, ...own, rules };
  }

  /** Locks a conversation that the actor need not be in. @throws AppError `conversation.not_found` */
  async lockOpen(tx: Tx, conversationId: string): Promise<OpenConversation> {
    const head = await this.timeline.lock(tx, conversationId);
    if (head === null) throw new AppError('conversation.not_found');
    const rules = await this.repository.rules(tx, conversationId);
    if (rules.status === 'deleted') throw new AppError('conversation.not_found');
    return { head, rules };
  }

  /** What the actor is in the conversation now. @throws AppError `conversation.not_found`, for former participants too */
  async standing(tx: Tx, actor: Actor, conversationId: string): Promise<Standing> {
    return (await this.own(tx, actor, conversationId)).standing;
  }

  /** Whether the actor moderates the tenant: a moderator or admin of it, or a server key that acts for nobody. */
  async moderates(tx: Tx, actor: Actor): Promise<boolean> {
    if (actor.userId === null) return true;
    const role = actor.kind === 'user' ? actor.role : await this.repository.tenantRole(tx, actor.userId);
    return role === 'moderator' || role === 'admin';
  }

  private async own(
    tx: Tx,
    actor: Actor,
    conversationId: string,
  ): Promise<{ standing: Standing; visible: VisibleSeqs }> {
    if (actor.userId === null) {
      if (!(await this.repository.exists(tx, conversationId))) throw new AppError('conversation.not_found');
      return { standing: 'server', visible: { from: 1, to: Number.MAX_SAFE_INTEGER } };
    }
    const [own] = await this.repository.find(tx, conversationId, [actor.userId]);
    if (own === undefined || own.leftSeq !== null) throw new AppError('conversation.not_found');
    return {
      standing: own.role as Standing,
      visible: { from: Number(own.visibleFrom), to: Number.MAX_SAFE_INTEGER },
    };
  }
}
