import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ConversationPageQueryDto, UpdatePersonalSettingsDto } from '@parley/contracts/dto';
import {
  AppError,
  limits,
  type ConversationView,
  type Page,
  type PersonalSettings,
  type SettingsUpdatedData,
} from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { decodeCursor, pageOf } from '@parley/platform/paging';
import { Publisher } from '@parley/platform/realtime';
import { ConversationViews } from './conversation-views';
import { settingsView } from './conversation.view';
import { inboxPlaces } from './inbox.functions';
import { InboxRepository } from './inbox.repository';

const activityCursor = z.tuple([z.iso.datetime(), z.uuid()]);

/** A user's own conversations, and what it has set for itself about each. */
@Injectable()
export class InboxService {
  constructor(
    private readonly db: Db,
    private readonly repository: InboxRepository,
    private readonly views: ConversationViews,
    private readonly publisher: Publisher,
  ) {}

  /**
   * The user's current conversations, the last active first, with the newest message and what is unread of each.
   * @throws AppError `actor.required`, `cursor.invalid`
   */
  async list(actor: Actor, query: ConversationPageQueryDto): Promise<Page<ConversationView>> {
    assertScope(actor, 'conversations');
    const userId = requireUser(actor);
    const { cursor, limit = limits.conversationsPageDefaultItems, ...filter } = query;
    const [at, id] = decodeCursor(cursor, activityCursor) ?? [null, null];
    const places = await this.db.hot.call(
      inboxPlaces,
      actor.tenantId,
      userId,
      JSON.stringify(filter),
      at,
      id,
      limit + 1,
      limits.peopleSearchedMax,
    );
    const { data, page } = pageOf(places, limit, (place): z.infer<typeof activityCursor> => [
      place.at.toISOString(),
      place.conversation_id,
    ]);
    const ids = data.map(({ conversation_id }) => conversation_id);
    return { data: ids.length === 0 ? [] : await this.views.of(actor, ids), page };
  }

  /**
   * Changes the caller's own settings of a conversation; what is absent stays.
   * @throws AppError `actor.required`, `conversation.not_found`
   */
  async updateSettings(
    actor: Actor,
    conversationId: string,
    change: UpdatePersonalSettingsDto,
  ): Promise<PersonalSettings> {
    assertScope(actor, 'conversations');
    const { tenantId } = actor;
    const userId = requireUser(actor);
    const row = await this.db.tx(tenantId, (tx) =>
      this.repository.updateSettings(tx, { tenantId, userId, conversationId }, change),
    );
    if (row === undefined) throw new AppError('conversation.not_found');
    const settings = settingsView(row);
    const data: SettingsUpdatedData = { conversationId, settings };
    this.publisher.publishToUsers({
      tenantId,
      userIds: [userId],
      type: 'settings.updated',
      json: JSON.stringify({ type: 'settings.updated', at: row.at.toISOString(), data }),
    });
    return settings;
  }
}
