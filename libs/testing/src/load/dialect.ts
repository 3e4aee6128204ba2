/** How requests and events are framed: Socket.IO in Engine.IO, or bare JSON as on `/ws`. */
export type Dialect = 'socket.io' | 'ws';

/** What a frame says. */
export interface Listener {
  /** The server asks for this answer at once. */
  reply(frame: string): void;
  ready(): void;
  ack(id: number, ok: boolean, frame: string): void;
  event(frame: string): void;
  refused(reason: string): void;
}

export interface Framing {
  path: string;
  /** The first frame after the WebSocket is open; undefined: the server speaks first. */
  greet(auth: string): string | undefined;
  request(id: number, name: string, input: string): string;
  read(frame: string, auth: string, listener: Listener): void;
}

/** Engine.IO `0` open, `2` ping, `3` pong, `4` message; in it `0` connect, `1` disconnect, `2` event, `3` ack, `4` refusal. */
const socketIo: Framing = {
  path: '/socket.io/?EIO=4&transport=websocket',
  greet: () => undefined,
  request: (id, name, input) => `42${id}["${name}",${input}]`,
  read(frame, auth, listener) {
    if (frame.startsWith('42')) {
      if (frame.startsWith('42["ready"')) listener.ready();
      else listener.event(frame);
    } else if (frame.startsWith('43')) {
      const bracket = frame.indexOf('[');
      listener.ack(Number(frame.slice(2, bracket)), frame.startsWith('[{"ok":true', bracket), frame);
    } else if (frame === '2') listener.reply('3');
    else if (frame.startsWith('0')) listener.reply(`40${auth}`);
    else if (frame.startsWith('41') || frame.startsWith('44')) listener.refused(codeOf(frame));
  },
};

const bare: Framing = {
  path: '/ws',
  greet: (auth) => `{"id":0,"type":"auth","data":${auth}}`,
  request: (id, name, input) => `{"id":${id},"type":"${name}","data":${input}}`,
  read(frame, _auth, listener) {
    if (frame.startsWith('{"id":')) {
      const comma = frame.indexOf(',');
      const id = Number(frame.slice(6, comma));
      const ok = frame.startsWith(',"ok":true', comma);
      if (id !== 0) listener.ack(id, ok, frame);
      else if (!ok) listener.refused(codeOf(frame));
    } else if (frame.startsWith('{"type":"ready"')) listener.ready();
    else listener.event(frame);
  },
};

export const framings: Readonly<Record<Dialect, Framing>> = { 'socket.io': socketIo, ws: bare };

/** What refusals of one kind have in common; the rest of a refusal differs from one to the next. */
function codeOf(frame: string): string {
  return /"code":"([^"]+)"/.exec(frame)?.[1] ?? frame;
}
