import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  AppError,
  limits,
  type HeadsInput,
  type HeadsResult,
  type SyncInput,
  type SyncResult,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Timeline } from '@parley/domain/timeline';
import { Epoch } from './epoch';
import { answerSync, asSeen, planSync, rangesOf, withinBytes } from './sync-plan';

/** Tells clients what they missed. */
@Injectable()
export class SyncService {
  constructor(
    private readonly timeline: Timeline,
    private readonly installation: Epoch,
  ) {}

  /** Where the user's current conversations stand, a page by id. @throws AppError `actor.required`, `cursor.invalid` */
  async heads(actor: Actor, { cursor }: HeadsInput): Promise<HeadsResult> {
    const userId = userOf(actor);
    const after = decodeCursor(cursor, z.uuid());
    const [epoch, heads] = await Promise.all([
      this.epoch(actor.tenantId),
      this.timeline.heads(actor.tenantId, userId, after, limits.headsPageItems + 1),
    ]);
    const { data, page } = pageOf(heads, limits.headsPageItems, ({ conversationId }) => conversationId);
    return { epoch, heads: data, next: page.next };
  }

  /**
   * The events since the user's cursors, in the cursors' order, at most 500 and 512 KiB in all; `more` says where to go on.
   * @throws AppError `epoch.changed`, `actor.required`, `request.invalid` when a conversation is named twice
   */
  async sync(actor: Actor, { epoch, cursors }: SyncInput): Promise<SyncResult> {
    const userId = userOf(actor);
    assertNamedOnce(cursors);
    if (epoch !== (await this.epoch(actor.tenantId))) throw new AppError('epoch.changed');
    const conversationIds = cursors.map(([conversationId]) => conversationId);
    const plan = planSync(cursors, await this.timeline.access(actor.tenantId, userId, conversationIds));
    const ranges = rangesOf(plan);
    const events =
      ranges.length === 0 ? [] : await this.timeline.ranges(actor.tenantId, ranges, limits.syncMaxEvents);
    return {
      epoch,
      conversations: answerSync(plan, withinBytes(asSeen(plan, events, userId), limits.syncMaxBytes)),
    };
  }

  /** The installation's epoch, at most two seconds old. */
  epoch(tenantId: string): Promise<string> {
    return this.installation.current(tenantId);
  }
}

function userOf(actor: Actor): string {
  assertScope(actor, 'messages');
  return requireUser(actor);
}

function assertNamedOnce(cursors: SyncInput['cursors']): void {
  const seen = new Set<string>();
  const issues = cursors.flatMap(([conversationId], index) => {
    if (!seen.has(conversationId)) {
      seen.add(conversationId);
      return [];
    }
    return [{ path: `cursors.${index}.0`, message: 'names a conversation that was named before' }];
  });
  if (issues.length > 0) throw new AppError('request.invalid', { issues });
}
