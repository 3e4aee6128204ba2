import type { Random } from '../random';
import type { Outcome, RawRequests } from './raw-requests';

/** A message of another tenant. */
export interface ForeignMessage {
  conversation: string;
  id: string;
}

/** Asks for what is another tenant's, in every way: it must look as if it were not there. */
export class RawTrespasser {
  constructor(
    private readonly requests: RawRequests,
    private readonly random: Random,
  ) {}

  async trespass(target: ForeignMessage): Promise<void> {
    await this.random.pick([...this.overRest(target), ...this.overSocket(target)])();
  }

  private overRest({ conversation, id }: ForeignMessage): (() => Promise<Outcome>)[] {
    const place = `/v1/conversations/${conversation}`;
    const requests: [method: string, path: string, body?: unknown][] = [
      ['GET', place],
      ['GET', `${place}/messages`],
      ['GET', `${place}/messages/${id}/revisions`],
      ['GET', `${place}/participants`],
      ['POST', `${place}/messages`, { text: 'a foot in the door', clientMessageId: `foreign.${id}` }],
      ['PATCH', `${place}/messages/${id}`, { text: 'a foot in the door' }],
      ['DELETE', `${place}/messages/${id}`],
      ['PUT', `${place}/messages/${id}/reactions/heart`],
      ['POST', `${place}/read`, {}],
    ];
    return requests.map((request) => () => {
      const call = { name: 'trespass', conversation, what: `${request[0]} ${request[1]}` } as const;
      return this.requests.overRest(call, request, () => ({ name: 'trespass' }));
    });
  }

  private overSocket({ conversation, id }: ForeignMessage): (() => Promise<Outcome>)[] {
    const { requests } = this;
    const ids = { conversationId: conversation, messageId: id };
    const call = (what: string) => ({ name: 'trespass', conversation, what }) as const;
    const result = () => ({ name: 'trespass' }) as const;
    return [
      () => requests.overSocket(call('message.delete'), 'message.delete', ids, result),
      () =>
        requests.overSocket(
          call('message.edit'),
          'message.edit',
          { ...ids, text: 'a foot in the door' },
          result,
        ),
      () => requests.overSocket(call('read.mark'), 'read.mark', { conversationId: conversation }, result),
      () =>
        requests.overSocket(
          call('conversation.open'),
          'conversation.open',
          { conversationId: conversation },
          result,
        ),
    ];
  }
}
