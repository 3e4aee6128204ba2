import { AppError, momentOf, type ConversationKind, type ErrorIssue } from '@parley/contracts/wire';
import type {
  ImportConversationDto,
  ImportMessageDto,
  ImportPageDto,
  ImportUserDto,
} from '@parley/contracts/dto';

/** One conversation of a page: what to find or make, and what goes into it. */
export interface PlannedConversation {
  key: string;
  /** Absent where the page only adds messages. */
  described?: {
    kind: ConversationKind;
    title?: string | undefined;
    createdAt?: string | undefined;
    participants: string[];
  };
  messages: ImportMessageDto[];
}

/** A page with every repeated name merged, and the users that must exist before it is written. */
export interface ImportPlan {
  users: ImportUserDto[];
  conversations: PlannedConversation[];
  /** User ids that the page refers to without bringing them, with the first place of each. */
  references: Map<string, string>;
  /** Keys of conversations that the page does not describe, with the first place of each. */
  expected: Map<string, string>;
}

/** Orders a page by what has to be there first. @throws AppError `request.invalid` for direct conversations and odd times */
export function planImport(page: ImportPageDto): ImportPlan {
  const users = new Map<string, ImportUserDto>();
  for (const user of page.users ?? []) if (!users.has(user.id)) users.set(user.id, user);
  const plan: ImportPlan = {
    users: [...users.values()],
    conversations: [],
    references: new Map(),
    expected: new Map(),
  };
  const refer = (userId: string, path: string): void => {
    if (!users.has(userId) && !plan.references.has(userId)) plan.references.set(userId, path);
  };
  const conversations = new Map<string, PlannedConversation>();
  (page.conversations ?? []).forEach((conversation, index) => {
    assertNamed(conversation, `conversations.${index}.kind`);
    if (conversation.createdAt !== undefined)
      assertTime(conversation.createdAt, `conversations.${index}.createdAt`);
    conversation.participants.forEach((userId, place) =>
      refer(userId, `conversations.${index}.participants.${place}`),
    );
    conversations.set(conversation.key, merge(conversations.get(conversation.key), conversation));
  });
  (page.messages ?? []).forEach((message, index) => {
    assertTime(message.at, `messages.${index}.at`);
    refer(message.sender, `messages.${index}.sender`);
    let target = conversations.get(message.conversationKey);
    if (target === undefined) {
      target = { key: message.conversationKey, messages: [] };
      conversations.set(target.key, target);
      plan.expected.set(target.key, `messages.${index}.conversationKey`);
    }
    target.messages.push(message);
  });
  plan.conversations = [...conversations.values()];
  return plan;
}

/** @throws AppError with one issue per place, when there are any */
export function refuse(code: 'request.invalid' | 'import.conversation_unknown', issues: ErrorIssue[]): void {
  if (issues.length > 0) throw new AppError(code, { issues });
}

function assertNamed(conversation: ImportConversationDto, path: string): void {
  if (conversation.kind !== 'direct') return;
  const message = 'a direct conversation is found by its two users, not by a name: import it as a group';
  refuse('request.invalid', [{ path, message }]);
}

function assertTime(value: string, path: string): void {
  if (momentOf(value) !== null) return;
  refuse('request.invalid', [
    { path, message: 'must be a time with its zone, such as 2017-09-22T17:55:47.000Z' },
  ]);
}

function merge(known: PlannedConversation | undefined, next: ImportConversationDto): PlannedConversation {
  const participants = [...new Set([...(known?.described?.participants ?? []), ...next.participants])];
  const { kind, title, createdAt } = known?.described ?? next;
  return { key: next.key, described: { kind, title, createdAt, participants }, messages: [] };
}
