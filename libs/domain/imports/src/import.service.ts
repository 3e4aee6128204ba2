import { Injectable } from '@nestjs/common';
import type { ImportPageDto } from '@parley/contracts/dto';
import type { ImportResult } from '@parley/contracts/wire';
import type { Actor } from '@parley/platform/auth';
import { Db, type Tx } from '@parley/platform/database';
import { everyTime, type Once } from '@parley/platform/idempotency';
import { TenantService } from '@parley/domain/tenants';
import { Timeline, type ImportOutcome } from '@parley/domain/timeline';
import { importRows } from './import-rows';
import { planImport, refuse, type ImportPlan, type PlannedConversation } from './import-plan';
import { assertMayImport } from './import.policy';
import { ImportRepository } from './import.repository';

interface WrittenConversation {
  id: string;
  created: boolean;
  messages: ImportResult['messages'];
}

/** Takes in what was said elsewhere, with its original times: in the timeline, but not unread and not announced. */
@Injectable()
export class ImportService {
  constructor(
    private readonly db: Db,
    private readonly timeline: Timeline,
    private readonly tenants: TenantService,
    private readonly repository: ImportRepository,
  ) {}

  /**
   * Writes one page: users, then conversation after conversation, each whole or not at all. Whatever is wrong with the
   * page is found before the first write; when PostgreSQL goes away in the middle, the same page again completes it.
   * @throws AppError `permission.denied`, `scope.missing`; `request.invalid` for users that nobody knows and for direct
   * conversations; `import.conversation_unknown`; `conversation.busy` and `service.unavailable`, both retryable
   */
  async importPage(actor: Actor, page: ImportPageDto, once: Once = everyTime): Promise<ImportResult> {
    assertMayImport(actor);
    const plan = planImport(page);
    const bodyHashKey = await this.tenants.bodyHashKey(actor.tenantId);
    const begun = await this.db.tx(actor.tenantId, async (tx) => {
      const answer = await once.recall<ImportResult>(tx);
      if (answer !== null) return { answer, created: 0 };
      await this.assertKnown(tx, plan);
      return { answer, created: await this.repository.addUsers(tx, plan.users) };
    });
    if (begun.answer !== null) return begun.answer;
    const result: ImportResult = {
      users: { created: begun.created, existing: plan.users.length - begun.created },
      conversations: [],
      messages: { created: 0, duplicate: 0, skipped: [] },
    };
    for (const planned of plan.conversations) {
      const written = await this.db.tx(actor.tenantId, (tx) =>
        this.writeConversation(tx, planned, bodyHashKey),
      );
      result.conversations.push({ id: written.id, key: planned.key, created: written.created });
      result.messages.created += written.messages.created;
      result.messages.duplicate += written.messages.duplicate;
      result.messages.skipped.push(...written.messages.skipped);
    }
    // Apart from what it tells of: without it the same page again would add nothing either, and say so.
    const { answer } = await this.db.tx(actor.tenantId, (tx) =>
      once.run(tx, () => Promise.resolve({ answer: result, news: null })),
    );
    return answer;
  }

  private async assertKnown(tx: Tx, plan: ImportPlan): Promise<void> {
    const known = await this.repository.knownUsers(tx, [...plan.references.keys()]);
    const strangers = [...plan.references].filter(([userId]) => !known.has(userId));
    refuse(
      'request.invalid',
      strangers.map(([, path]) => ({ path, message: 'must be a user of this page or of an earlier one' })),
    );
    const found = await this.repository.findConversations(tx, [...plan.expected.keys()]);
    const unknown = [...plan.expected].filter(([key]) => !found.has(key));
    refuse(
      'import.conversation_unknown',
      unknown.map(([, path]) => ({ path, message: 'no page has described a conversation of this key' })),
    );
  }

  private async writeConversation(
    tx: Tx,
    planned: PlannedConversation,
    key: Buffer,
  ): Promise<WrittenConversation> {
    const { id, created } = await this.findOrCreate(tx, planned);
    const head = await this.timeline.lock(tx, id);
    if (head === null) throw new RangeError('a conversation has no head');
    const participants = planned.described?.participants ?? [];
    const joined = await this.repository.addParticipants(tx, id, participants, head);
    if (joined.length > 0) {
      const data = {
        participants: joined.map((userId) => ({
          userId,
          role: 'member' as const,
          label: null,
          visibleFrom: 1,
        })),
      };
      // Not published: the tail announces the membership, and the heads tell the clients how far the timeline goes.
      await this.timeline.append(tx, id, [{ type: 'participant.joined', actor: null, data }]);
    }
    const { rows, repeated } = importRows(planned.messages, key);
    const outcomes = rows.length === 0 ? [] : await this.timeline.importMessages(tx, id, rows);
    return { id, created, messages: tally([...outcomes, ...repeated], (i) => rows[i]?.k ?? '') };
  }

  private async findOrCreate(
    tx: Tx,
    planned: PlannedConversation,
  ): Promise<{ id: string; created: boolean }> {
    const { key, described } = planned;
    const find = async (): Promise<string | undefined> =>
      (await this.repository.findConversations(tx, [key])).get(key);
    const found = await find();
    if (found !== undefined) return { id: found, created: false };
    const made =
      described === undefined ? null : await this.repository.createConversation(tx, key, described);
    // Another import may have made it in this very moment: its commit is what the insert waited for.
    const id = made ?? (await find());
    if (id === undefined) throw new RangeError('a conversation vanished while it was imported');
    return { id, created: made !== null };
  }
}

function tally(outcomes: ImportOutcome[], nameOf: (i: number) => string): ImportResult['messages'] {
  const result: ImportResult['messages'] = { created: 0, duplicate: 0, skipped: [] };
  for (const { i, outcome } of outcomes) {
    switch (outcome) {
      case 'created':
        result.created += 1;
        break;
      case 'root_missing':
        result.created += 1;
        result.skipped.push({ clientMessageId: nameOf(i), reason: 'thread_root_missing' });
        break;
      case 'duplicate':
        result.duplicate += 1;
        break;
      case 'key_conflict':
        result.skipped.push({ clientMessageId: nameOf(i), reason: 'key_conflict' });
        break;
    }
  }
  return result;
}
