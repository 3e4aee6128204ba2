import type { EditResult, ReadState } from '@parley/contracts/wire';
import type { ChangeCall, Result } from '../history/history.types';
import { readSight, sightOf } from '../history/sight';
import type { Random } from '../random';
import { persistently, type Outcome, type RawRequests } from './raw-requests';

const restShare = 0.3;

/** Edits, deletes, reacts and reads on, over the socket and over REST; a repeat of any of them is without harm. */
export class RawChanger {
  constructor(
    private readonly requests: RawRequests,
    private readonly random: Random,
  ) {}

  async change(call: ChangeCall): Promise<boolean> {
    const result = await persistently(this.random, () =>
      this.random.chance(restShare) ? this.overRest(call) : this.overSocket(call),
    );
    return result !== undefined;
  }

  private overSocket(call: ChangeCall): Promise<Outcome> {
    const { requests } = this;
    const conversationId = call.conversation;
    switch (call.name) {
      case 'edit': {
        const input = { conversationId, messageId: call.message, text: call.text };
        return requests.overSocket(call, 'message.edit', input, changed('edit'));
      }
      case 'delete': {
        const input = { conversationId, messageId: call.message };
        return requests.overSocket(call, 'message.delete', input, changed('delete'));
      }
      case 'react':
      case 'unreact': {
        const input = { conversationId, messageId: call.message, key: call.key };
        const request = call.name === 'react' ? 'reaction.add' : 'reaction.remove';
        return requests.overSocket(call, request, input, () => ({ name: call.name }));
      }
      case 'read':
        return requests.overSocket(call, 'read.mark', { conversationId, ...upTo(call) }, read);
    }
  }

  private overRest(call: ChangeCall): Promise<Outcome> {
    const { requests } = this;
    const conversation = `/v1/conversations/${call.conversation}`;
    if (call.name === 'read') {
      return requests.overRest(call, ['POST', `${conversation}/read`, upTo(call)], read);
    }
    const message = `${conversation}/messages/${call.message}`;
    switch (call.name) {
      case 'edit':
        return requests.overRest(call, ['PATCH', message, { text: call.text }], changed('edit'));
      case 'delete':
        return requests.overRest(call, ['DELETE', message], changed('delete'));
      case 'react':
      case 'unreact': {
        const path = `${message}/reactions/${encodeURIComponent(call.key)}`;
        const method = call.name === 'react' ? 'PUT' : 'DELETE';
        return requests.overRest(call, [method, path], () => ({ name: call.name }));
      }
    }
  }
}

function upTo({ seq }: { seq?: number }): { seq?: number } {
  return seq === undefined ? {} : { seq };
}

function changed(name: 'edit' | 'delete'): (answer: EditResult) => Result {
  return ({ message }) => ({ name, sight: sightOf(message) });
}

function read(state: ReadState): Result {
  return { name: 'read', read: readSight(state) };
}
