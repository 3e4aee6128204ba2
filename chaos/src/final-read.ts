import type { ConversationView, MessagePage, Page } from '@parley/contracts/wire';
import type {
  FinalState,
  StoredConversation,
  StoredEntry,
  StoredMessage,
  UnreadView,
  UserView,
} from './checker/final-state.types';
import { storedTimelines } from './checker/timelines';
import { brief, sightOf } from './history/sight';
import type { World } from './load/world';
import type { Backend } from './system/backend';
import type { Installation } from './system/installation';

interface Row {
  conversation_id: string;
  seq: string;
  id: string;
  sender: string | null;
  key: string | null;
  type: string;
  payload: {
    participants?: { userId: string; visibleFrom: number }[];
    userId?: string;
    version?: number;
  } | null;
  /** Of the message that it is, or is about. */
  message_seq: string | null;
  text: string;
  version: number;
  deleted: boolean;
  /** What it said before its last edit, or before its deletion, by version. */
  earlier: string[];
}

const readersAtOnce = 4;
const pageItems = 200;
const listItems = 100;

/** All that is stored of one tenant, from PostgreSQL itself and through the API as each of those who may read it. */
export async function readFinalState(
  installation: Installation,
  backend: Backend,
  { canary, people, conversations: made }: World,
): Promise<FinalState> {
  const tokens = new Map(people.map(({ user, token }) => [user, token]));
  const conversations = await readStored(
    installation,
    canary,
    made.map(({ id }) => id),
  );
  const wanted = [...storedTimelines(conversations).values()].flatMap((timeline) =>
    [...timeline.users()].map((user) => ({ user, conversation: timeline.id })),
  );
  const views: UserView[] = [];
  await eachOf(wanted, async ({ user, conversation }) => {
    views.push(await readPages(backend, user, conversation, tokens.get(user) ?? ''));
  });
  const unread: UnreadView[] = [];
  await eachOf([...tokens], async ([user, token]) => {
    unread.push(...(await readUnread(backend, user, token)));
  });
  return { conversations, views, unread };
}

async function eachOf<T>(items: readonly T[], read: (item: T) => Promise<void>): Promise<void> {
  const wanted = [...items];
  const readers = Array.from({ length: readersAtOnce }, async () => {
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) await read(next);
  });
  await Promise.all(readers);
}

async function readPages(
  backend: Backend,
  user: string,
  conversation: string,
  token: string,
): Promise<UserView> {
  const view: UserView = { user, conversation, places: [], sights: [] };
  for (let after: number | null = 0; after !== null;) {
    const path = `/v1/conversations/${conversation}/messages?after=${after}&limit=${pageItems}`;
    const page: MessagePage = await backend.call('GET', path, undefined, token);
    for (const message of page.data) {
      view.places.push([message.seq, message.id]);
      view.sights.push(sightOf(message));
    }
    after = page.page.after;
  }
  return view;
}

async function readUnread(backend: Backend, user: string, token: string): Promise<UnreadView[]> {
  const views: UnreadView[] = [];
  for (let next: string | null = ''; next !== null;) {
    const cursor = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const page: Page<ConversationView> = await backend.call(
      'GET',
      `/v1/conversations?limit=${listItems}${cursor}`,
      undefined,
      token,
    );
    for (const { id, lastSeq, me } of page.data) {
      if (me === undefined) throw new Error(`the list of ${user} does not say how far it has read ${id}`);
      views.push({ user, conversation: id, readSeq: me.readSeq, unread: me.unread, lastSeq });
    }
    next = page.page.next;
  }
  return views;
}

async function readStored(
  installation: Installation,
  tenant: string,
  ids: readonly string[],
): Promise<StoredConversation[]> {
  return installation.asAdmin(async (client) => {
    const heads = await client.query<{ conversation_id: string; last_seq: string }>(
      'SELECT conversation_id, last_seq FROM conversation_head WHERE conversation_id = ANY ($1)',
      [ids],
    );
    const entries = await client.query<Row>(
      `SELECT m.conversation_id, m.seq, m.id, m.sender, m.client_message_id AS key, 'message' AS type, NULL::jsonb AS payload,
              m.seq AS message_seq, m.text, m.version, m.deleted_at IS NOT NULL AS deleted,
              ARRAY(SELECT r.text FROM message_revision r
                     WHERE r.tenant_id = m.tenant_id AND r.conversation_id = m.conversation_id AND r.message_seq = m.seq
                     ORDER BY r.version) AS earlier
         FROM message m WHERE m.conversation_id = ANY ($1)
       UNION ALL
       SELECT conversation_id, seq, id, NULL, NULL, type, payload, message_seq, NULL, NULL, NULL, NULL
         FROM change WHERE conversation_id = ANY ($1)`,
      [ids],
    );
    const participants = await client.query<{
      conversation_id: string;
      user_id: string;
      visible_from: string;
      left_seq: string | null;
      read_seq: string;
    }>(
      'SELECT conversation_id, user_id, visible_from, left_seq, read_seq FROM participant WHERE conversation_id = ANY ($1)',
      [ids],
    );
    const stored = new Map<string, StoredConversation>(
      heads.rows.map(({ conversation_id: id, last_seq }) => [
        id,
        { id, tenant, lastSeq: Number(last_seq), entries: [], participants: [] },
      ]),
    );
    for (const row of entries.rows) stored.get(row.conversation_id)?.entries.push(entryOf(row));
    for (const row of participants.rows) {
      stored.get(row.conversation_id)?.participants.push({
        userId: row.user_id,
        visibleFrom: Number(row.visible_from),
        leftSeq: row.left_seq === null ? null : Number(row.left_seq),
        readSeq: Number(row.read_seq),
      });
    }
    return [...stored.values()];
  });
}

function entryOf(row: Row): StoredEntry {
  const { type, payload, sender, key } = row;
  const place = { seq: Number(row.seq), id: row.id };
  const message = Number(row.message_seq);
  switch (type) {
    case 'message':
      return { kind: 'message', ...place, sender: sender ?? '', key: key ?? '', ...contentOf(row) };
    case 'message.updated':
      return { kind: 'edited', ...place, message, version: payload?.version ?? 0 };
    case 'message.deleted':
      return { kind: 'deleted', ...place, message };
    case 'participant.joined':
      return { kind: 'joined', ...place, participants: payload?.participants ?? [] };
    case 'participant.left':
      return { kind: 'left', ...place, userId: payload?.userId ?? '' };
    default:
      return { kind: 'other', ...place };
  }
}

function contentOf({
  text,
  version,
  deleted,
  earlier,
}: Row): Pick<StoredMessage, 'body' | 'versions' | 'version' | 'text'> {
  const versions = deleted ? earlier : [...earlier, text];
  return {
    body: versions[0] ?? '',
    versions: versions.map(brief),
    version,
    text: deleted && text === '' ? null : brief(text),
  };
}
