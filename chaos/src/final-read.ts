import type { MessagePage } from '@parley/contracts/wire';
import type { FinalState, StoredConversation, StoredEntry, UserView } from './checker/final-state.types';
import { storedTimelines } from './checker/timelines';
import type { Place } from './history/history.types';
import type { Installation } from './system/installation';

interface Row {
  conversation_id: string;
  seq: string;
  id: string;
  sender: string | null;
  key: string | null;
  body: string | null;
  type: string;
  payload: { participants?: { userId: string; visibleFrom: number }[]; userId?: string } | null;
}

const readersAtOnce = 4;
const pageItems = 200;

/** Everything that is stored, from PostgreSQL itself and through the API as each of those who may read it. */
export async function readFinalState(
  installation: Installation,
  conversationIds: readonly string[],
  tokens: ReadonlyMap<string, string>,
): Promise<FinalState> {
  const conversations = await readStored(installation, conversationIds);
  const wanted = [...storedTimelines({ conversations, views: [] }).values()].flatMap((timeline) =>
    [...timeline.users()].map((user) => ({ user, conversation: timeline.id })),
  );
  const views: UserView[] = [];
  const readers = Array.from({ length: readersAtOnce }, async () => {
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
      const places = await readPages(installation, next.conversation, tokens.get(next.user) ?? '');
      views.push({ ...next, places });
    }
  });
  await Promise.all(readers);
  return { conversations, views };
}

async function readPages(installation: Installation, conversation: string, token: string): Promise<Place[]> {
  const places: Place[] = [];
  for (let after: number | null = 0; after !== null;) {
    const path = `/v1/conversations/${conversation}/messages?after=${after}&limit=${pageItems}`;
    const page: MessagePage = await installation.backend.call('GET', path, undefined, token);
    places.push(...page.data.map(({ seq, id }): Place => [seq, id]));
    after = page.page.after;
  }
  return places;
}

async function readStored(installation: Installation, ids: readonly string[]): Promise<StoredConversation[]> {
  return installation.asAdmin(async (client) => {
    const heads = await client.query<{ conversation_id: string; last_seq: string }>(
      'SELECT conversation_id, last_seq FROM conversation_head WHERE conversation_id = ANY ($1)',
      [ids],
    );
    const entries = await client.query<Row>(
      `SELECT conversation_id, seq, id, sender, client_message_id AS key, text AS body, 'message' AS type, NULL::jsonb AS payload
         FROM message WHERE conversation_id = ANY ($1)
       UNION ALL
       SELECT conversation_id, seq, id, NULL, NULL, NULL, type, payload FROM change WHERE conversation_id = ANY ($1)`,
      [ids],
    );
    const participants = await client.query<{
      conversation_id: string;
      user_id: string;
      visible_from: string;
      left_seq: string | null;
    }>(
      'SELECT conversation_id, user_id, visible_from, left_seq FROM participant WHERE conversation_id = ANY ($1)',
      [ids],
    );
    const stored = new Map<string, StoredConversation>(
      heads.rows.map(({ conversation_id: id, last_seq }) => [
        id,
        { id, lastSeq: Number(last_seq), entries: [], participants: [] },
      ]),
    );
    for (const row of entries.rows) stored.get(row.conversation_id)?.entries.push(entryOf(row));
    for (const row of participants.rows) {
      stored.get(row.conversation_id)?.participants.push({
        userId: row.user_id,
        visibleFrom: Number(row.visible_from),
        leftSeq: row.left_seq === null ? null : Number(row.left_seq),
      });
    }
    return [...stored.values()];
  });
}

function entryOf({ seq, id, sender, key, body, type, payload }: Row): StoredEntry {
  const place = { seq: Number(seq), id };
  if (type === 'message')
    return { kind: 'message', ...place, sender: sender ?? '', key: key ?? '', body: body ?? '' };
  if (type === 'participant.joined')
    return { kind: 'joined', ...place, participants: payload?.participants ?? [] };
  if (type === 'participant.left') return { kind: 'left', ...place, userId: payload?.userId ?? '' };
  return { kind: 'other', ...place };
}
