import { limits } from '@parley/contracts/wire';
import { object, type Schema } from '../openapi/operation';

/** One of the two spellings of the socket protocol. */
export interface Endpoint {
  name: 'socketIo' | 'webSocket';
  path: string;
  title: string;
  description: string;
  /** A request that this endpoint alone has, before all others. */
  handshake?: { name: string; summary: string; input: Schema; output: Schema };
  request(name: string, input: Schema): Schema;
  /** `answer` is an object with properties. */
  answer(answer: Schema): Schema;
  event(name: string, payload: Schema): Schema;
}

const id = {
  type: ['integer', 'string'],
  maxLength: 64,
  description: 'Of your choice; the answer carries it.',
};
const seconds = limits.handshakeTimeoutMs / 1_000;

export const endpoints: readonly Endpoint[] = [
  {
    name: 'socketIo',
    path: '/socket.io',
    title: 'Socket.IO',
    description:
      "Namespace `/`, `transports: ['websocket']`, `auth: { token }`. A request is `emit(name, input, ack)`, an event is " +
      '`on(name, payload)`.',
    request: (_, input) => input,
    answer: (answer) => answer,
    event: (_, payload) => payload,
  },
  {
    name: 'webSocket',
    path: '/ws',
    title: 'Plain WebSocket',
    description:
      `One JSON text frame each. The first one is \`{ id, type: 'auth', data: { token } }\`, within ${seconds} s. Close codes ` +
      'of 4500 and above say: do not retry.',
    handshake: {
      name: 'auth',
      summary: 'Say who you are, by a user token.',
      input: object({ token: { type: 'string' } }),
      output: object({ userId: { type: 'string' } }),
    },
    request: (name, input) => object({ id, type: { const: name }, data: input }),
    answer: ({ properties, ...answer }) => ({
      ...answer,
      properties: { id, ...(properties as Schema) },
      required: ['id', ...(answer['required'] as string[])],
    }),
    event: (name, payload) => object({ type: { const: name }, data: payload }),
  },
];
