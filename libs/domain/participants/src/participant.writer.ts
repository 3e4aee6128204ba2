import { Injectable } from '@nestjs/common';
import type { BusEvent } from '@parley/contracts/internal';
import {
  AppError,
  type HistoryMode,
  type ParticipantRole,
  type ParticipantView,
} from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';
import { Timeline, type LockedHead } from '@parley/domain/timeline';
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
  async leave(tx: Tx, { conversationId, head, actor }: WritePlace, userId: string): Promise<Written> {
    const leftSeq = head.lastSeq + 1;
    const row = await this.repository.update(tx, conversationId, userId, { leftSeq });
    const reason = actor === userId ? 'left' : 'removed';
    const events = await this.timeline.append(tx, conversationId, [
      { type: 'participant.left', actor, data: { userId, reason } },
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
