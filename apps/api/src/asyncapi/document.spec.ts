import 'reflect-metadata';
import { closeCodes, errorCatalogue, eventCatalogue, socketRequestNames } from '@parley/contracts/wire';
import { Ajv2020 } from 'ajv/dist/2020';
import { asyncApiDocument, eventNames, socketTypes } from './document';
import { renderReference } from './reference';
import socketSchemas from './socket-schemas.json';

const document = asyncApiDocument(socketSchemas) as {
  channels: Record<string, { messages: Record<string, { $ref: string }> }>;
  operations: Record<
    string,
    { action: string; messages: { $ref: string }[]; reply?: { messages: object[] } }
  >;
  components: { messages: Record<string, { payload: object }>; schemas: object };
};

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

describe('the AsyncAPI document', () => {
  it.each(Object.keys(document.channels))(
    '%s takes every request, answers it, and sends every event',
    (channel) => {
      for (const name of socketRequestNames) {
        const operation = document.operations[`${channel}.${name}`];
        expect(operation?.action).toBe('receive');
        expect(operation?.reply?.messages).toHaveLength(1);
      }
      for (const name of eventNames)
        expect(document.operations[`${channel}.event.${name}`]?.action).toBe('send');
    },
  );

  it('is made of the types of the wire contract', () => {
    expect(Object.keys(socketSchemas)).toEqual(expect.arrayContaining(socketTypes));
  });

  it('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, ref = '']) => ref,
    );
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => at(reference) === undefined)).toEqual([]);
  });

  it('describes frames as they are, and no others', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'sockets');
    const check = (message: string) =>
      ajv.compile({ $ref: `sockets#/components/messages/${message}/payload` });
    const id = '0198c0de-0000-7000-8000-000000000001';
    const input = { conversationId: id, clientMessageId: 'b4d1c0de-0001', text: 'Hello!' };
    expect(check('socketIo.message.send')(input)).toBe(true);
    expect(check('socketIo.message.send')({ ...input, text: 5 })).toBe(false);
    expect(check('webSocket.message.send')({ id: 1, type: 'message.send', data: input })).toBe(true);
    expect(check('webSocket.message.send')({ id: 1, type: 'ping', data: input })).toBe(false);
    expect(check('socketIo.ping.answer')({ ok: true, data: { serverTime: '2026-01-01T00:00:00Z' } })).toBe(
      true,
    );
    const error = { code: 'request.unknown', message: 'There is no request of this name.', retryable: false };
    expect(check('webSocket.ping.answer')({ id: 1, ok: false, error })).toBe(true);
    expect(check('webSocket.ping.answer')({ id: 1, ok: false })).toBe(false);
    expect(check('socketIo.event.void')({ type: 'void', conversationId: id, seq: 7 })).toBe(true);
    expect(check('socketIo.event.void')({ type: 'void', conversationId: id })).toBe(false);
  });
});

describe('the reference', () => {
  it('has a line for each error, close code, request and event', () => {
    const text = renderReference(socketSchemas);
    const names = [...Object.keys(errorCatalogue), ...socketRequestNames, ...Object.keys(eventCatalogue)];
    for (const name of names) expect(text).toContain(`| \`${name}\` |`);
    for (const code of Object.keys(closeCodes)) expect(text).toContain(`| ${code} |`);
  });
});
