import canonicalize from 'canonicalize';
import type { UpdateConversationDto } from '@parley/contracts/dto';
import {
  AppError,
  type AuditAction,
  type ConversationKind,
  type ConversationRulesView,
} from '@parley/contracts/wire';
import { directIssues } from './conversation.plan';

/** A change of a conversation's rules, and what is written down of it. */
export interface RulesChange {
  rules: ConversationRulesView;
  action: AuditAction;
  /** What was changed, without metadata's content. */
  details: object;
}

/**
 * What a request makes of the rules that hold; null where it changes nothing.
 * @throws AppError `request.invalid`, `conversation.distinct_fixed`, `conversation.closed` for a change of a closed one that
 * does not open it
 */
export function planChange(
  before: ConversationRulesView,
  input: UpdateConversationDto,
  { kind, distinct }: { kind: ConversationKind; distinct: boolean },
): RulesChange | null {
  const rules = changedRules(before, input);
  const fields = changedFields(before, rules);
  if (fields.length === 0) return null;
  if (kind === 'direct') assertStaysDirect(rules);
  if (distinct && fields.includes('subject')) throw new AppError('conversation.distinct_fixed');
  if (rules.status === 'closed' && before.status === 'closed') throw new AppError('conversation.closed');
  return { rules, action: actionOf(before, rules), details: detailsOf(rules, fields) };
}

function changedRules(before: ConversationRulesView, input: UpdateConversationDto): ConversationRulesView {
  const { title = before.title, metadata = before.metadata, subject, settings } = input;
  return {
    status: input.status ?? before.status,
    visibility: input.visibility ?? before.visibility,
    history: input.history ?? before.history,
    settings: {
      reactionMode: settings?.reactionMode ?? before.settings.reactionMode,
      posting: settings?.posting ?? before.settings.posting,
      slowModeSeconds: settings?.slowModeSeconds ?? before.settings.slowModeSeconds,
    },
    subject: subject === undefined ? before.subject : subject && { type: subject.type, id: subject.id },
    title,
    metadata,
  };
}

function changedFields(
  before: ConversationRulesView,
  after: ConversationRulesView,
): (keyof ConversationRulesView)[] {
  const fields = Object.keys(after) as (keyof ConversationRulesView)[];
  return fields.filter((field) => canonicalize(before[field]) !== canonicalize(after[field]));
}

function assertStaysDirect(rules: ConversationRulesView): void {
  const issues = directIssues(rules);
  if (issues.length > 0) throw new AppError('request.invalid', { issues });
}

function actionOf({ status }: ConversationRulesView, after: ConversationRulesView): AuditAction {
  if (status === after.status) return 'conversation.update';
  return after.status === 'closed' ? 'conversation.close' : 'conversation.reopen';
}

function detailsOf(rules: ConversationRulesView, fields: (keyof ConversationRulesView)[]): object {
  return Object.fromEntries(fields.map((field) => [field, field === 'metadata' ? 'changed' : rules[field]]));
}
