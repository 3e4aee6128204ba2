import { framings } from './framing.ts';

describe('the frames of Socket.IO', () => {
  const framing = framings['socket.io'];

  it('authenticates in the answer to the open packet, and answers pings', () => {
    expect(framing.hello('t')).toBeUndefined();
    expect(framing.read('0{"sid":"a"}', 't')).toEqual({ type: 'reply', frame: '40{"token":"t"}' });
    expect(framing.read('2', 't')).toEqual({ type: 'reply', frame: '3' });
    expect(framing.read('40{"sid":"b"}', 't')).toEqual({ type: 'nothing' });
  });

  it('carries requests, acks and events', () => {
    expect(framing.request(7, 'ping', {})).toBe('427["ping",{}]');
    expect(framing.read('437[{"ok":true,"data":1}]', 't')).toEqual({
      type: 'ack',
      id: 7,
      ack: { ok: true, data: 1 },
    });
    expect(framing.read('42["drain",{"afterMs":1}]', 't')).toEqual({
      type: 'event',
      name: 'drain',
      payload: { afterMs: 1 },
    });
  });

  it('hears a refusal and an end', () => {
    expect(framing.read('44{"message":"no"}', 't')).toEqual({ type: 'refused', why: '{"message":"no"}' });
    expect(framing.read('41', 't')).toEqual({ type: 'refused', why: 'disconnected by the server' });
  });
});

describe('the frames of /ws', () => {
  const framing = framings.ws;

  it('authenticates first', () => {
    expect(framing.hello('t')).toBe('{"id":0,"type":"auth","data":{"token":"t"}}');
    expect(framing.read('{"id":0,"ok":true,"data":{}}', 't')).toEqual({ type: 'nothing' });
    expect(framing.read('{"id":0,"ok":false,"error":{}}', 't')).toMatchObject({ type: 'refused' });
  });

  it('carries requests, acks and events', () => {
    expect(framing.request(7, 'ping', {})).toBe('{"id":7,"type":"ping","data":{}}');
    expect(framing.read('{"id":7,"ok":true,"data":1}', 't')).toMatchObject({
      type: 'ack',
      id: 7,
      ack: { ok: true },
    });
    expect(framing.read('{"type":"drain","data":{"afterMs":1}}', 't')).toEqual({
      type: 'event',
      name: 'drain',
      payload: { afterMs: 1 },
    });
  });
});
