import { EventEmitter } from 'node:events';
import type { RequestId } from '../connections/connection';

/** A request as it came in. */
export interface RequestPacket {
  /** Null: the client asked for no answer. */
  id: RequestId;
  name: unknown;
  parameters: unknown[];
}

export interface Packet {
  type: number;
  nsp: string;
  data?: unknown;
  id?: number;
}

export const packetType = { connect: 0, disconnect: 1, event: 2 } as const;
const grammar = /^([012])(?:(\/[^,]*),?)?(\d{0,20})/;

/** Packets of events and answers that announce attachments. */
const withAttachments = ['5', '6'];

export function hasAttachments(text: string): boolean {
  return withAttachments.includes(text.charAt(0));
}

/** Undefined for what is no packet that a client may send. */
export function decodePacket(text: string): Packet | undefined {
  try {
    return decode(text);
  } catch {
    return undefined;
  }
}

/**
 * What Parley needs of Socket.IO's packets (protocol 5): JSON alone, no attachments, no answers to questions that the server
 * never asks. A request keeps its ack id as it was written, and so comes to the one dispatcher in one piece.
 */
export class PacketDecoder extends EventEmitter {
  /** @throws Error on what is no such packet: Socket.IO closes the connection then */
  add(text: unknown): void {
    if (typeof text !== 'string') throw new Error('a packet with attachments');
    this.emit('decoded', decode(text));
  }

  destroy(): void {
    this.removeAllListeners();
  }
}

function decode(text: string): Packet {
  const [head, typeText, namespace = '/', id = ''] = grammar.exec(text) ?? [];
  if (head === undefined) throw new Error('an unknown packet');
  const type = Number(typeText);
  const rest = text.slice(head.length);
  const payload: unknown = rest === '' ? undefined : JSON.parse(rest);
  switch (type) {
    case packetType.connect:
      if (!isObject(payload)) throw new Error('a connect with no object');
      return { type, nsp: namespace, data: payload };
    case packetType.disconnect:
      return { type, nsp: namespace };
    default:
      return { type, nsp: namespace, data: [requestOf(id, payload)] };
  }
}

function isObject(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

function requestOf(id: string, payload: unknown): RequestPacket {
  if (!Array.isArray(payload) || payload.length === 0) throw new Error('an event without a name');
  const [name, ...parameters] = payload as unknown[];
  return { id: id === '' ? null : id, name, parameters };
}

/** For the few packets that are Socket.IO's own: the answers to a connect, and disconnects. */
export class PacketEncoder {
  encode({ type, nsp, data }: Packet): string[] {
    const namespace = nsp === '/' ? '' : `${nsp},`;
    return [`${type}${namespace}${data === undefined ? '' : JSON.stringify(data)}`];
  }
}
