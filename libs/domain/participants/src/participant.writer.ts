import { Injectable } from '@nestjs/common';
import type { BusEvent } from '@parley/contracts/internal';
import {
  AppError,
  type HistoryMode,
  type LeavingReason,
  type ParticipantRole,
  type ParticipantView,
} from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import { Timeline, type LockedHead } from '@parley/domain/timeline';
import { BanRepository } from './ban.repository';
import type { NewParticipant } from './participant.policy';
import { ParticipantRepository } from './participant.repository';
import { participantView } from './participant.view';

/** Where a membership changes; the head comes from `Timeline.lock`, in this very transaction. */
export interface WritePlace {
  conversationId: string;
  head: LockedHead;
  /** Who does it; null where a server key acts for nobody. */
  actor: string | null;
}

/** A written membership, and the events to publish after the commit. */
export interface Written {
  participant: ParticipantView;
  events: BusEvent[];
}

/** Writes memberships under the head's lock: the rows, and the one change that tells of them. */
@Injectable()
export class ParticipantWriter {
  constructor(
    private readonly timeline: Timeline,
    private readonly repository: ParticipantRepository,
    private readonly bans: BanRepository,
  ) {}

  /** Lets in those who are not in yet, by one change for all; none when nobody joins. */
  async join(
    tx: Tx,
    place: WritePlace,
    history: HistoryMode,
    joining: NewParticipant[],
  ): Promise<BusEvent[]> {
    if (joining.length === 0) return [];
    const { conversationId, head, actor } = place;
    const seq = head.lastSeq + 1;
    const visibleFrom = history === 'full' ? 1 : seq;
    await this.repository.join(tx, conversationId, joining, {
      visibleFrom,
      readSeq: seq,
      readOrdinal: head.messageCount,
    });
    await this.timeline.endFollows(
      tx,
      conversationId,
      joining.map(({ userId }) => userId),
    );
    const participants = joining.map(({ userId, role, label }) => ({ userId, role, label, visibleFrom }));
    return this.timeline.append(tx, conversationId, [
      { type: 'participant.joined', actor, data: { participants } },
    ]);
  }

  /** The leaving is the last thing that its participant may see. */
  async leave(
    tx: Tx,
    { conversationId, head, actor }: WritePlace,
    userId: string,
    reason: LeavingReason = actor === userId ? 'left' : 'removed',
  ): Promise<Written> {
    const leftSeq = head.lastSeq + 1;
    const row = await this.repository.update(tx, conversationId, userId, { leftSeq });
    const events = await this.timeline.append(tx, conversationId, [
      { type: 'participant.left', actor, data: { userId, reason } },
    ]);
    return { participant: participantView(row), events };
  }

  /** Several participants get other roles, each by a change of its own. */
  async setRoles(
    tx: Tx,
    { conversationId, actor }: WritePlace,
    roles: { userId: string; role: ParticipantRole }[],
  ): Promise<{ participants: ParticipantView[]; events: BusEvent[] }> {
    const participants: ParticipantView[] = [];
    for (const { userId, role } of roles) {
      participants.push(participantView(await this.repository.update(tx, conversationId, userId, { role })));
    }
    const changes = participants.map(({ userId, role, label }) => ({
      type: 'participant.updated' as const,
      actor,
      data: { userId, role, label },
    }));
    const events = changes.length === 0 ? [] : await this.timeline.append(tx, conversationId, changes);
    return { participants, events };
  }

  /** What was before is gone for this user alone, who alone is told. */
  async resetHistory(tx: Tx, { conversationId, head }: WritePlace, userId: string): Promise<Written> {
    const visibleFrom = head.lastSeq + 1;
    const row = await this.repository.resetHistory(tx, conversationId, userId, visibleFrom);
    const events = await this.timeline.append(tx, conversationId, [
      { type: 'history.reset', actor: userId, data: { userId, visibleFrom } },
    ]);
    return { participant: participantView(row), events };
  }

  async update(
    tx: Tx,
    { conversationId, actor }: WritePlace,
    userId: string,
    change: { role: ParticipantRole; label: string | null },
  ): Promise<Written> {
    const participant = participantView(await this.repository.update(tx, conversationId, userId, change));
    const { role, label } = participant;
    const events = await this.timeline.append(tx, conversationId, [
      { type: 'participant.updated', actor, data: { userId, role, label } },
    ]);
    return { participant, events };
  }

  /** The user's current membership. */
  async current(tx: Tx, conversationId: string, userId: string): Promise<ParticipantView | undefined> {
    const [row] = await this.repository.find(tx, conversationId, [userId]);
    return row === undefined || row.leftSeq !== null ? undefined : participantView(row);
  }

  /** @throws AppError `user.not_found` */
  async assertUserExists(tx: Tx, userId: string): Promise<void> {
    if ((await this.repository.unknownUsers(tx, [userId])).size > 0) throw new AppError('user.not_found');
  }

  /**
   * @param userIds in the order of the request's `participants`
   * @throws AppError `participant.banned` naming those whom the conversation keeps out
   */
  async assertNotBanned(tx: Tx, conversationId: string, userIds: string[]): Promise<void> {
    const banned = await this.bans.banned(tx, conversationId, userIds);
    if (banned.size === 0) return;
    const issues = userIds.flatMap((userId, index) =>
      banned.has(userId) ? [{ path: `participants.${index}.userId`, message: 'is banned' }] : [],
    );
    throw new AppError('participant.banned', { issues });
  }

  /**
   * @param userIds in the order of the request's `participants`
   * @throws AppError `request.invalid` naming those who are no users of the tenant
   */
  async assertUsersExist(tx: Tx, userIds: string[]): Promise<void> {
    const unknown = await this.repository.unknownUsers(tx, userIds);
    if (unknown.size === 0) return;
    const issues = userIds.flatMap((userId, index) =>
      unknown.has(userId) ? [{ path: `participants.${index}.userId`, message: 'there is no such user' }] : [],
    );
    throw new AppError('request.invalid', { issues });
  }
}
