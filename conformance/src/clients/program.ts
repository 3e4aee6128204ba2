import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Refused, type Answer, type ClientKind, type Connection, type Received } from '../client.types';
import { Pending } from './pending';

const letInWithinMs = 20_000;

/** What a client program prints, one JSON document a line. `c` is the connection, as numbered by us. */
type Line =
  | { c: number; connected: true }
  | { c: number; refused: { data?: { code?: string }; message?: string } | null }
  | { c: number; id: number; answer: Answer }
  | { c: number; event: string; payload: unknown }
  | { c: number; closed: true };

/** What it is told, in the same way. */
type Order =
  | { do: 'connect'; c: number; url: string; token: string }
  | { do: 'request'; c: number; id: number; name: string; data: unknown }
  | { do: 'close'; c: number };

/**
 * A Socket.IO client of another language: a small program beside this file makes the library's calls. It begins with the
 * first connection and is ended by `stop`.
 */
export class ProgramClient implements ClientKind {
  private child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  private readonly connections = new Map<number, ProgramConnection>();
  private lastWords = '';

  constructor(
    readonly name: string,
    private readonly command: readonly [string, ...string[]],
  ) {}

  async connect(url: string, token: string): Promise<Connection> {
    this.start();
    const c = this.connections.size + 1;
    const connection = new ProgramConnection(c, (order) => this.tell(order));
    this.connections.set(c, connection);
    this.tell({ do: 'connect', c, url, token });
    await connection.letIn(() => this.lastWords);
    return connection;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // A program ends with its input.
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }

  private start(): void {
    if (this.child !== undefined) return;
    const [file, ...parameters] = this.command;
    const child = spawn(file, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.take(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = `${this.lastWords}${text}`.slice(-2_000);
    });
    child.stdin.on('error', () => undefined);
    const end = (reason: string): void => {
      for (const each of this.connections.values()) each.end(reason);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', () => end(`${this.name} ended: ${this.lastWords}`));
  }

  private tell(order: Order): void {
    this.child?.stdin.write(`${JSON.stringify(order)}\n`);
  }

  private take(text: string): void {
    const line = JSON.parse(text) as Line;
    this.connections.get(line.c)?.take(line);
  }
}

class ProgramConnection implements Connection {
  readonly received: Received[] = [];
  ended = false;
  private readonly pending = new Pending();
  private resolve: () => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;
  private readonly opening = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(
    private readonly c: number,
    private readonly tell: (order: Order) => void,
  ) {
    this.opening.catch(() => undefined);
  }

  async letIn(lastWords: () => string): Promise<void> {
    const timer = setTimeout(() => this.reject(new Error(`not let in: ${lastWords()}`)), letInWithinMs);
    await this.opening.finally(() => clearTimeout(timer));
  }

  take(line: Line): void {
    if ('refused' in line) {
      const code = line.refused?.data?.code;
      this.reject(code === undefined ? new Error(JSON.stringify(line.refused)) : new Refused(code));
    } else if ('answer' in line) {
      this.pending.answer(line.id, line.answer);
    } else if ('event' in line) {
      this.received.push({ name: line.event, payload: line.payload });
      // From `ready` on everything arrives.
      if (line.event === 'ready') this.resolve();
    } else if ('closed' in line) {
      this.end('closed');
    }
  }

  end(reason: string): void {
    this.ended = true;
    this.reject(new Error(reason));
    this.pending.fail(reason);
  }

  request(name: string, data: unknown): Promise<Answer> {
    return this.pending.ask((id) => this.tell({ do: 'request', c: this.c, id, name, data }));
  }

  close(): Promise<void> {
    this.tell({ do: 'close', c: this.c });
    return Promise.resolve();
  }
}
