import type { ImportConversationDto, ImportMessageDto, ImportPageDto } from '@parley/contracts/dto';
import { limits, type ImportResult, type ImportSkip } from '@parley/contracts/wire';
import type { ImportApi } from './import-api';
import type { SlackArchive } from './slack-archive';
import { conversationKey } from './slack-message';
import { PageFiller, pagesOf, type PageBounds } from './slack-page';
import { increment, readConversation, type SlackSurvey, type SurveyedConversation } from './slack-reader';

/** What an import did, by conversation. */
export interface SlackImportResult {
  users: { created: number; existing: number };
  conversations: ConversationResult[];
}

export interface ConversationResult {
  id: string;
  title: string;
  created: number;
  duplicate: number;
  skipped: Map<ImportSkip['reason'], number>;
}

// Room for the page's own brackets and names beside its items.
const bounds: PageBounds = {
  maxItems: limits.importPageMaxItems,
  maxBytes: limits.importBodyMaxBytes - 64 * 1024,
};
// Each conversation of a page is a transaction of its own: a page of few is answered in good time.
const conversationBounds: PageBounds = { ...bounds, maxItems: 50 };

/** Sends a surveyed export to the server: users, conversations, then each conversation's messages page after page. */
export class SlackImport {
  private readonly result: SlackImportResult = { users: { created: 0, existing: 0 }, conversations: [] };

  /** `onProgress` hears of the messages that were sent so far. */
  constructor(
    private readonly api: ImportApi,
    private readonly archive: SlackArchive,
    private readonly survey: SlackSurvey,
    private readonly onProgress: (sent: number) => void,
  ) {}

  async run(): Promise<SlackImportResult> {
    for (const users of pagesOf(this.survey.users, bounds)) {
      const { users: counts } = await this.api.post({ users });
      this.result.users.created += counts.created;
      this.result.users.existing += counts.existing;
    }
    for (const conversations of pagesOf(this.survey.conversations.flatMap(describe), conversationBounds)) {
      await this.api.post({ conversations });
    }
    let sent = 0;
    for (const conversation of this.survey.conversations) {
      const result = resultOf(conversation);
      this.result.conversations.push(result);
      for await (const messages of this.pages(conversation)) {
        add(result, await this.api.post({ messages } satisfies ImportPageDto));
        sent += messages.length;
        this.onProgress(sent);
      }
    }
    return this.result;
  }

  private async *pages(conversation: SurveyedConversation): AsyncGenerator<ImportMessageDto[]> {
    const filler = new PageFiller<ImportMessageDto>(bounds);
    for await (const records of readConversation(this.archive, conversation, this.survey.names)) {
      for (const { outcome } of records) {
        const closed = typeof outcome === 'string' ? undefined : filler.add(outcome.message);
        if (closed !== undefined) yield closed;
      }
    }
    const rest = filler.rest();
    if (rest.length > 0) yield rest;
  }
}

/** What a conversation is called for a person. */
export function titleOf({ title, id }: { title: string | undefined; id: string }): string {
  return title === undefined ? id : `#${title}`;
}

function resultOf(conversation: SurveyedConversation): ConversationResult {
  return { id: conversation.id, title: titleOf(conversation), created: 0, duplicate: 0, skipped: new Map() };
}

function add(result: ConversationResult, { messages }: ImportResult): void {
  result.created += messages.created;
  result.duplicate += messages.duplicate;
  for (const { reason } of messages.skipped) increment(result.skipped, reason);
}

// More participants than one entry may name come as further entries of the same key.
function describe(conversation: SurveyedConversation): ImportConversationDto[] {
  const { id, kind, title, createdAt, participants } = conversation;
  const chunks: string[][] = [];
  for (let start = 0; start === 0 || start < participants.length; start += limits.importPageMaxItems) {
    chunks.push(participants.slice(start, start + limits.importPageMaxItems));
  }
  return chunks.map((chunk) => ({
    key: conversationKey(id),
    kind,
    ...(title === undefined ? {} : { title }),
    ...(createdAt === undefined ? {} : { createdAt }),
    participants: chunk,
  }));
}
