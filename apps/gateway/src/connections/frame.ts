import { WebSocket } from 'ws';

/** What engine.io takes beside a packet: a frame that is ready to be written, the same for every socket. */
export interface EngineOptions {
  compress: false;
  wsPreEncodedFrame: Buffer[];
}

const textOpcode = 1;

interface FrameOptions {
  fin: boolean;
  rsv1: boolean;
  opcode: number;
  mask: boolean;
  readOnly: boolean;
}

// Socket.IO's own adapter frames its broadcasts by this; the types of ws leave it out.
const { Sender } = WebSocket as unknown as {
  Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] };
};

/** One event, encoded and framed once for all sockets that it goes to; each form is made when the first socket needs it. */
export class Frame {
  private packet: string | undefined;
  private options: EngineOptions | undefined;
  private text: Buffer | undefined;

  constructor(
    private readonly type: string,
    /** JSON of the event. */
    private readonly json: string,
  ) {}

  static of(type: string, data: unknown): Frame {
    return new Frame(type, JSON.stringify(data));
  }

  /** As a packet of Socket.IO: an event of the namespace `/`. */
  get socketIoPacket(): string {
    this.packet ??= `2[${JSON.stringify(this.type)},${this.json}]`;
    return this.packet;
  }

  /** The same with Engine.IO's `4` (message) before it, as a whole WebSocket frame. */
  get engineOptions(): EngineOptions {
    if (this.options === undefined) {
      const data = Buffer.from(`4${this.socketIoPacket}`);
      const parts = Sender.frame(data, {
        fin: true,
        rsv1: false,
        opcode: textOpcode,
        mask: false,
        readOnly: false,
      });
      // One buffer is one write to the socket.
      this.options = { compress: false, wsPreEncodedFrame: [Buffer.concat(parts)] };
    }
    return this.options;
  }

  /** As a message of `/ws`. */
  get webSocketText(): Buffer {
    this.text ??= Buffer.from(`{"type":${JSON.stringify(this.type)},"data":${this.json}}`);
    return this.text;
  }
}
