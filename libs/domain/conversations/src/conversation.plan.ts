import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CreateConversationDto } from '@parley/contracts/dto';
import {
  AppError,
  type ConversationKind,
  type ConversationSettings,
  type ConversationSubject,
  type ConversationVisibility,
  type ErrorIssue,
  type HistoryMode,
} from '@parley/contracts/wire';
import type { NewParticipant } from '@parley/domain/participants';

/** A conversation to make, with every default decided. */
export interface ConversationPlan {
  kind: ConversationKind;
  title: string | null;
  subject: ConversationSubject | null;
  visibility: ConversationVisibility;
  history: HistoryMode;
  settings: ConversationSettings;
  metadata: Record<string, unknown>;
  createdBy: string | null;
  participants: NewParticipant[];
  /** Present where there must be only one of its kind. */
  distinctKey: Buffer | null;
}

/**
 * Decides what a request to create means; the creator becomes owner, whatever role the request gives it.
 * @throws AppError `request.invalid` for a direct conversation that is not one
 */
export function planConversation(input: CreateConversationDto, creator: string | null): ConversationPlan {
  const participants = plannedParticipants(input, creator);
  if (input.kind === 'direct') assertDirect(input, participants.length);
  const subject = input.subject === undefined ? null : { type: input.subject.type, id: input.subject.id };
  const distinct = input.kind === 'direct' || input.distinct === true;
  const userIds = participants.map(({ userId }) => userId);
  return {
    kind: input.kind,
    title: input.title ?? null,
    subject,
    visibility: input.visibility ?? 'private',
    history: input.history ?? 'full',
    settings: {
      reactionMode: input.settings?.reactionMode ?? 'distinct',
      posting: input.settings?.posting ?? 'everyone',
      slowModeSeconds: input.settings?.slowModeSeconds ?? 0,
    },
    metadata: input.metadata ?? {},
    createdBy: creator,
    participants,
    distinctKey: distinct ? distinctKeyOf(input.kind, userIds, subject) : null,
  };
}

interface DirectRules {
  history?: HistoryMode;
  visibility?: ConversationVisibility;
}

/** SHA-256 of what makes two conversations the same one. */
export function distinctKeyOf(
  kind: ConversationKind,
  userIds: string[],
  subject: ConversationSubject | null,
): Buffer {
  const canonical = canonicalize({ kind, users: [...userIds].sort(), subject });
  return createHash('sha256')
    .update(canonical ?? '')
    .digest();
}

function plannedParticipants(input: CreateConversationDto, creator: string | null): NewParticipant[] {
  const named = (input.participants ?? []).map(
    ({ userId, role = 'member', label = null }): NewParticipant => ({
      userId,
      role: userId === creator ? 'owner' : role,
      label,
    }),
  );
  if (creator === null || named.some(({ userId }) => userId === creator)) return named;
  // Last, so that the others keep the places under which the request names them.
  return [...named, { userId: creator, role: 'owner', label: null }];
}

/** What cannot be said of a direct conversation. */
export function directIssues({ history, visibility }: DirectRules): ErrorIssue[] {
  return [
    ...(history === 'joined'
      ? [{ path: 'history', message: 'a direct conversation has the full history' }]
      : []),
    ...(visibility === 'tenant' ? [{ path: 'visibility', message: 'a direct conversation is private' }] : []),
  ];
}

function assertDirect(input: CreateConversationDto, count: number): void {
  const issues = [
    ...(count === 2
      ? []
      : [{ path: 'participants', message: 'a direct conversation has exactly two participants' }]),
    ...directIssues(input),
  ];
  if (issues.length > 0) throw new AppError('request.invalid', { issues });
}
