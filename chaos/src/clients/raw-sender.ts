import type { MessagePage, SendResult } from '@parley/contracts/wire';
import type { Place, Result } from '../history/history.types';
import { sightOf } from '../history/sight';
import type { Random } from '../random';
import { persistently, type Outcome, type RawRequests } from './raw-requests';

const restShare = 0.3;

/** Sends over the socket and over REST, and repeats with the same key. */
export class RawSender {
  constructor(
    private readonly requests: RawRequests,
    private readonly random: Random,
  ) {}

  async send(conversation: string, key: string, body: string): Promise<Place | undefined> {
    const result = await persistently(this.random, () =>
      this.random.chance(restShare)
        ? this.overRest(conversation, key, body)
        : this.overSocket(conversation, key, body),
    );
    return result?.name === 'send' ? [result.seq, result.id] : undefined;
  }

  async overRest(conversation: string, key: string, body: string): Promise<Outcome> {
    return this.requests.overRest(
      { name: 'send', conversation, key, body },
      ['POST', `/v1/conversations/${conversation}/messages`, { text: body, clientMessageId: key }],
      sent,
    );
  }

  /** Reads one page of history; whatever comes of it is in the history of the run. */
  async page(conversation: string, after: number, limit: number): Promise<void> {
    const path = `/v1/conversations/${conversation}/messages?after=${after}&limit=${limit}`;
    await this.requests.overRest<MessagePage>(
      { name: 'page', conversation, after, limit },
      ['GET', path],
      ({ data, page }) => ({
        name: 'page',
        places: data.map(({ seq, id }) => [seq, id]),
        sights: data.map(sightOf),
        next: page.after,
      }),
    );
  }

  private async overSocket(conversation: string, key: string, body: string): Promise<Outcome> {
    const input = { conversationId: conversation, clientMessageId: key, text: body };
    return this.requests.overSocket({ name: 'send', conversation, key, body }, 'message.send', input, sent);
  }
}

function sent({ message: { id, seq }, duplicate }: SendResult): Result {
  return { name: 'send', id, seq, duplicate };
}
