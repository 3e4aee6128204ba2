import { socketRequestDtos } from '@parley/contracts/dto';
import {
  closeCodes,
  errorCatalogue,
  eventCatalogue,
  requestCatalogue,
  socketRequestNames,
  type ServerEventName,
  type SocketRequestName,
} from '@parley/contracts/wire';
import { schemaOf } from '@parley/platform/validation';
import { object, wire, type Schema } from '../openapi/operation';
import { endpoints, type Endpoint } from './endpoints';

/** The types of the wire contract that the document is made of. */
export const socketTypes = ['SocketRequests', 'ServerEvents', 'ErrorBody'];

export const eventNames = Object.keys(eventCatalogue) as ServerEventName[];

type Schemas = Record<string, { properties?: Record<string, { properties?: Record<string, Schema> }> }>;

const description = `What travels over Parley's sockets, in both of its spellings: Socket.IO events with acknowledgements, and
bare JSON frames on \`/ws\`. The requests, their answers and the events are the same.

Each request gets one answer, \`{ ok: true, data }\` or \`{ ok: false, error }\`. A durable event has a seq; what is missed of
them comes by \`sync\`. docs/protocol.md says how a client stays complete.`;

/** The AsyncAPI 3 document of the socket protocol; `schemas` are \`socketTypes\` and what they refer to, by name. */
export function asyncApiDocument(schemas: object): Schema {
  const { SocketRequests, ServerEvents, ...named } = schemas as Schemas;
  const outputs = SocketRequests?.properties ?? {};
  const events = ServerEvents?.properties ?? {};
  const requestOf = (name: SocketRequestName): { input: Schema; output: Schema } => ({
    input: { ...schemaOf(socketRequestDtos[name]) },
    output: outputs[name]?.properties?.['output'] ?? missing(name),
  });
  const messages: Record<string, Schema> = {};
  const channels: Record<string, Schema> = {};
  const operations: Record<string, Schema> = {};
  for (const endpoint of endpoints) {
    const own = messagesOf(endpoint, requestOf, (name) => events[name] ?? missing(name));
    Object.assign(messages, own);
    channels[endpoint.name] = {
      address: endpoint.path,
      title: endpoint.title,
      description: endpoint.description,
      messages: Object.fromEntries(Object.keys(own).map((name) => [name, at('components/messages', name)])),
    };
    Object.assign(operations, operationsOf(endpoint));
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley sockets',
      version: '1',
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      installation: {
        host: 'localhost:3000',
        protocol: 'ws',
        description: 'Behind TLS in production: wss.',
        security: [at('components/securitySchemes', 'token')],
      },
    },
    channels,
    operations,
    components: {
      messages,
      schemas: named,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A user token, in the handshake and never in the URL: the channels say where.',
        },
      },
    },
    'x-close-codes': closeCodes,
    'x-errors': errorCatalogue,
  };
}

function messagesOf(
  endpoint: Endpoint,
  requestOf: (name: SocketRequestName) => { input: Schema; output: Schema },
  eventOf: (name: ServerEventName) => Schema,
): Record<string, Schema> {
  const key = (...parts: string[]): string => [endpoint.name, ...parts].join('.');
  const messages: Record<string, Schema> = {};
  for (const { name, summary, input, output } of requestsOf(endpoint, requestOf)) {
    messages[key(name)] = { name, title: name, summary, payload: endpoint.request(name, input) };
    const answer = { oneOf: answersOf(output).map((each) => endpoint.answer(each)) };
    messages[key(name, 'answer')] = { name: `${name}.answer`, title: `Answer to ${name}`, payload: answer };
  }
  for (const name of eventNames) {
    const { class: kind, summary } = eventCatalogue[name];
    const payload = endpoint.event(name, eventOf(name));
    messages[key('event', name)] = { name, title: name, summary, tags: [{ name: kind }], payload };
  }
  return messages;
}

interface Request {
  name: string;
  summary: string;
  input: Schema;
  output: Schema;
}

function requestsOf(
  { handshake }: Endpoint,
  requestOf: (name: SocketRequestName) => Pick<Request, 'input' | 'output'>,
): Request[] {
  const common = socketRequestNames.map((name) => ({ name, ...requestCatalogue[name], ...requestOf(name) }));
  return handshake === undefined ? common : [handshake, ...common];
}

function operationsOf({ name: endpoint, handshake }: Endpoint): Record<string, Schema> {
  const channel = at('channels', endpoint);
  const message = (...parts: string[]): Schema =>
    at(`channels/${endpoint}/messages`, [endpoint, ...parts].join('.'));
  const own = handshake === undefined ? [] : [handshake];
  const common = socketRequestNames.map((name) => ({ name, ...requestCatalogue[name] }));
  const requests = [...own, ...common].map(({ name, summary }) => [
    `${endpoint}.${name}`,
    {
      action: 'receive',
      channel,
      summary,
      messages: [message(name)],
      reply: { channel, messages: [message(name, 'answer')] },
    },
  ]);
  const events = eventNames.map((name) => [
    `${endpoint}.event.${name}`,
    { action: 'send', channel, summary: eventCatalogue[name].summary, messages: [message('event', name)] },
  ]);
  return Object.fromEntries([...requests, ...events]) as Record<string, Schema>;
}

function answersOf(output: Schema): Schema[] {
  return [
    object({ ok: { const: true }, data: output }),
    object({ ok: { const: false }, error: wire('ErrorBody') }),
  ];
}

function at(place: string, name: string): Schema {
  return { $ref: `#/${place}/${name}` };
}

function missing(name: string): never {
  throw new RangeError(`the wire contract has no schema of ${name}`);
}
