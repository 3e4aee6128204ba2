import { Refused } from '../client.types';
import { accepted, check, equal, eventually, refusedWith } from '../expect';
import type { Scenario, Stage } from '../scenario.types';

interface Ready {
  connectionId?: unknown;
  userId?: unknown;
  epoch?: unknown;
  limits?: unknown;
  serverTime?: unknown;
}

export const connecting: Scenario[] = [
  {
    name: 'a connection begins with `ready`, which says who one is',
    run: async ({ installation, connect }: Stage): Promise<void> => {
      const ada = await connect('ada');
      await eventually(() => ada.received.length > 0, 'ready');
      const [first] = ada.received;
      equal(first?.name, 'ready', 'the first event');
      const ready = first?.payload as Ready;
      equal(ready.userId, installation.userId('ada'), 'userId');
      for (const field of ['connectionId', 'epoch'] as const) equal(typeof ready[field], 'string', field);
      check(typeof ready.limits === 'object' && ready.limits !== null, '`ready` carries the limits');
      check(!Number.isNaN(Date.parse(String(ready.serverTime))), 'serverTime is a time');
    },
  },
  {
    name: 'a token that is none is refused with its code',
    run: async ({ connectWith }: Stage): Promise<void> => {
      const code = await connectWith('not.a.token').then(
        () => 'let in',
        (error: unknown) => {
          if (error instanceof Refused) return error.code;
          throw error;
        },
      );
      equal(code, 'token.invalid', 'the refusal');
    },
  },
  {
    name: 'every request has an answer: an unknown one, one without sense, and those after them',
    run: async ({ connect }: Stage): Promise<void> => {
      const ada = await connect('ada');
      refusedWith(await ada.request('message.fly', {}), 'request.unknown', 'an unknown request');
      const senseless = await ada.request('message.send', { conversationId: 7, text: null, colour: 'blue' });
      refusedWith(senseless, 'request.invalid', 'a request without sense');
      check(!senseless.ok && (senseless.error.issues ?? []).length > 0, 'the refusal names the fields');
      const { serverTime } = accepted<{ serverTime: string }>(await ada.request('ping', {}), 'ping');
      check(!Number.isNaN(Date.parse(serverTime)), 'ping answers with the time');
    },
  },
];
