import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { MessageSearchQueryDto } from '@parley/contracts/dto';
import { AppError, limits, momentOf, type Page, type SearchHit } from '@parley/contracts/wire';
import { assertScope, requireUser, type Actor } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import { decodeCursor, encodeCursor, pageOf } from '@parley/platform/paging';
import { ReactionReader } from '@parley/domain/reactions';
import { Timeline } from '@parley/domain/timeline';
import { searchMatch } from './search-match';
import { parseSearch, termCount, tsQuery, type SearchQuery } from './search-query';
import { linkTag, quoteLexeme, replyTag, senderTag, tenantTag } from './search-tags';
import { searchWindows } from './search-windows';
import { searchMessages, type FoundRow } from './search.functions';

/** Where a page goes on: before the message of this time (in milliseconds) and id. */
type Place = [number, string];
const placeSchema: z.ZodType<Place> = z.tuple([z.int().min(0).max(8.64e15), z.uuid()]);

/** Sorts before every id: nothing of that very time comes after it. */
const noId = '00000000-0000-0000-0000-000000000000';
/** A clock of another machine may be ahead of ours. */
const clockToleranceMs = 300_000;

/** A hit's place, in a conversation and in the order of hits. */
interface Found {
  conversationId: string;
  seq: number;
  id: string;
  atMs: number;
}

/** Finds messages by what they say. */
@Injectable()
export class SearchService {
  /** A search that has looked for so long, in milliseconds, answers with what it has. */
  budgetMs = 40;

  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly reactions: ReactionReader,
  ) {}

  /**
   * Messages of the caller's conversations that fit, within what it may see of each, the newest first (by `at`). A message is
   * found some moments after it was sent. A page may be short or empty and still have a next one: a search ends its page
   * when it has looked for long enough, and what was deleted or edited meanwhile is left out.
   * @throws AppError `actor.required`, `cursor.invalid`, `request.invalid`, `scope.missing`
   */
  async search(actor: Actor, query: MessageSearchQueryDto): Promise<Page<SearchHit>> {
    assertScope(actor, 'messages');
    const userId = requireUser(actor);
    const { limit = limits.pageDefaultItems } = query;
    const cursor = decodeCursor(query.cursor, placeSchema);
    const wanted = readQuery(query.q);
    if (wanted.length === 0) return { data: [], page: { next: null } };
    const rows = await this.find(actor.tenantId, userId, wanted, query, cursor, limit + 1);
    const { data, page } = pageOf(rows.flatMap(foundOf), limit, ({ atMs, id }): Place => [atMs, id]);
    const rest = rows.find(({ message_id }) => message_id === null);
    const next = page.next ?? (rest === undefined ? null : encodeCursor([rest.at.getTime(), noId]));
    return { data: await this.hits(actor, wanted, data), page: { next } };
  }

  private find(
    tenantId: string,
    userId: string,
    wanted: SearchQuery,
    query: MessageSearchQueryDto,
    cursor: Place | null,
    limit: number,
  ): Promise<FoundRow[]> {
    const beforeMs = readTime('before', query.before);
    const afterMs = readTime('after', query.after);
    const place = earlier(cursor, beforeMs === null ? null : [beforeMs, noId]);
    const windows = searchWindows(newestOf(place), afterMs);
    const has = (query.has ?? []).map((trait) => ({ [trait]: true }));
    const filter = {
      conversations: query.conversationId ?? [],
      from: query.from,
      after: afterMs === null ? undefined : new Date(afterMs),
    };
    return this.db.hot.call(
      searchMessages,
      tenantId,
      userId,
      [tsQuery(wanted, 'current'), ...tagsOf(tenantId, query).map(quoteLexeme)].join(' & '),
      tsQuery(wanted, 'older'),
      windows.map((window) => window.query),
      windows.map(({ lowMs }) => (lowMs === null ? null : new Date(lowMs))),
      JSON.stringify(Object.assign(filter, ...has)),
      place === null ? null : new Date(place[0]),
      place === null ? null : place[1],
      limit,
      this.budgetMs,
    );
  }

  /** The messages as they are now; what does not fit any more, or never did, is left out. */
  private async hits(actor: Actor, wanted: SearchQuery, found: Found[]): Promise<SearchHit[]> {
    if (found.length === 0) return [];
    const places = found.map(({ conversationId, seq }) => ({ conversationId, from: seq, to: seq }));
    const events = await this.timeline.ranges(actor.tenantId, places, places.length);
    const messages = events.flatMap((event) =>
      event.type === 'message.created' && event.data.deletedAt === null ? [event.data] : [],
    );
    return (await this.reactions.added(actor, messages)).flatMap((message) => {
      const highlights = searchMatch(wanted, message.text);
      return highlights === null ? [] : [{ message, highlights }];
    });
  }
}

function readQuery(q: string): SearchQuery {
  const query = parseSearch(q);
  if (termCount(query) <= limits.searchTermsMax) return query;
  throw new AppError('request.invalid', {
    issues: [{ path: 'q', message: `must have at most ${limits.searchTermsMax} words and phrases` }],
  });
}

function readTime(path: 'before' | 'after', value: string | undefined): number | null {
  if (value === undefined) return null;
  const time = momentOf(value);
  if (time !== null) return time;
  throw new AppError('request.invalid', {
    issues: [{ path, message: 'must be a time with its zone, such as 2026-01-31T12:00:00Z' }],
  });
}

function tagsOf(tenantId: string, { from, has = [] }: MessageSearchQueryDto): string[] {
  return [
    tenantTag(tenantId),
    ...(from === undefined ? [] : [senderTag(from)]),
    ...(has.includes('link') ? [linkTag] : []),
    ...(has.includes('reply') ? [replyTag] : []),
  ];
}

/** The latest time at which there may be a hit; imports alone are later than now. */
function newestOf(place: Place | null): number {
  if (place === null) return Date.now() + clockToleranceMs;
  return place[1] === noId ? place[0] - 1 : place[0];
}

function earlier(one: Place | null, other: Place | null): Place | null {
  if (one === null || other === null) return one ?? other;
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]) ? one : other;
}

function foundOf({ conversation_id, seq, message_id, at }: FoundRow): Found[] {
  if (conversation_id === null || seq === null || message_id === null) return [];
  return [{ conversationId: conversation_id, seq, id: message_id, atMs: at.getTime() }];
}
