import type { MessageView, StoredEvent } from '@parley/contracts/wire';
import { MessageList, type ParleyClient } from '@parley/client';
import { day, fit, messageLine, noticeOf, usersOf } from './chat-lines';
import { presenceLine, typingLine } from './company-lines';
import type { Directory } from './directory';
import type { Palette } from './palette';
import type { Screen } from './screen';

const pageSize = 20;

/** A message that was typed and is not in the timeline yet. */
interface Pending {
  text: string;
  stored: boolean;
}

export interface RoomPlace {
  id: string;
  title: string;
  /** The other one, where there are two of them for good. */
  partner: string | undefined;
}

/** The conversation that is open on the screen. */
export class Room {
  /** Older messages begin before this seq; null when there are none. */
  private older: number | null = null;
  private newest = 0;
  private lastDay = '';
  private readonly pending = new Map<string, Pending>();
  private readonly messages: MessageList;

  constructor(
    private readonly place: RoomPlace,
    private readonly client: ParleyClient,
    private readonly directory: Directory,
    private readonly screen: Screen,
    private readonly palette: Palette,
  ) {
    this.messages = new MessageList(directory.me);
  }

  get id(): string {
    return this.place.id;
  }

  /** Shows the newest messages; what comes live goes on from there. */
  async open(): Promise<void> {
    this.client.live.open(this.id);
    const { data, page } = await this.client.rest.messages.page(this.id, { limit: pageSize });
    await this.directory.load(data.map(({ sender }) => sender));
    this.screen.print(this.palette.muted(`── ${this.place.title} ──`));
    this.messages.add(data);
    for (const message of data) this.printMessage(message);
    if (data.length === 0) this.screen.print(this.palette.muted('No messages yet.'));
    this.older = page.before;
    this.newest = data.at(-1)?.seq ?? 0;
    this.markRead();
  }

  /** Shows the messages before the oldest that was shown. */
  async showOlder(): Promise<void> {
    if (this.older === null) return this.screen.print(this.palette.muted('There are no older messages.'));
    const query = { before: this.older, limit: pageSize };
    const { data, page } = await this.client.rest.messages.page(this.id, query);
    await this.directory.load(data.map(({ sender }) => sender));
    this.screen.print(this.palette.muted('── older ──'));
    this.messages.add(data);
    this.lastDay = '';
    for (const message of data) this.printMessage(message);
    this.screen.print(this.palette.muted('── until here ──'));
    this.lastDay = '';
    this.older = page.before;
  }

  /** Shows a live event, unless the history had it. */
  async show(event: StoredEvent): Promise<void> {
    if (event.type === 'message.created') this.pending.delete(event.data.clientMessageId);
    this.messages.apply(event);
    if (event.seq > this.newest) {
      await this.directory.load(usersOf(event));
      const notice = noticeOf(event, this.directory.nameOf);
      if (notice !== null) this.screen.print(this.palette.muted(`       ${notice}`));
      else if (event.type === 'message.created') this.printMessage(event.data);
      this.newest = event.seq;
      if (event.type === 'message.created') this.markRead();
    }
  }

  /** It is no longer on the screen. */
  close(): void {
    this.client.live.close(this.id);
  }

  /** The person types here. */
  typing(): void {
    this.client.live.typing(this.id);
  }

  /** Who is here, and who types. */
  companyLines(): string[] {
    const { live } = this.client;
    const { partner } = this.place;
    const presence = partner === undefined ? undefined : live.presence(partner);
    const lines = [
      presence === undefined ? null : presenceLine(presence, this.directory.nameOf),
      typingLine(live.typistsOf(this.id), this.directory.nameOf),
    ];
    return lines
      .filter((line) => line !== null)
      .map((line) => this.palette.muted(fit(line, this.screen.columns)));
  }

  // Not waited for, and no news when it fails: the next message marks again.
  private markRead(): void {
    if (this.newest > 0) this.client.markRead(this.id, this.newest).catch(() => undefined);
  }

  /** Sends, and keeps the message in the footer until it is in the timeline. Rejects when the server refuses it. */
  async send(text: string, changed: () => void): Promise<void> {
    const clientMessageId = globalThis.crypto.randomUUID();
    const pending: Pending = { text, stored: false };
    this.pending.set(clientMessageId, pending);
    changed();
    try {
      const { message } = await this.client.send(this.id, { text, clientMessageId });
      pending.stored = true;
      if (message.seq <= this.newest) this.pending.delete(clientMessageId);
    } catch (error) {
      this.pending.delete(clientMessageId);
      throw error;
    } finally {
      changed();
    }
  }

  /** The user's own last message. Rejects when there is none, or the server refuses. */
  async editLast(text: string): Promise<void> {
    if (text === '') throw new Error('Say what: /edit TEXT');
    const { id, version } = this.last((message) => message.sender === this.directory.me);
    await this.client.edit(this.id, id, { text, version });
  }

  async deleteLast(): Promise<void> {
    await this.client.delete(this.id, this.last((message) => message.sender === this.directory.me).id);
  }

  async reactToLast(key: string): Promise<void> {
    if (key === '') throw new Error('Say with what: /react KEY');
    await this.client.react(this.id, this.last(() => true).id, key);
  }

  private last(wanted: (message: MessageView) => boolean): MessageView {
    const found = this.messages.all.findLast((message) => message.deletedAt === null && wanted(message));
    if (found === undefined) throw new Error('There is no such message here.');
    return found;
  }

  pendingLines(): string[] {
    return [...this.pending.values()].map(({ text, stored }) =>
      this.palette.muted(fit(`${stored ? '  ✓  ' : '  …  '}  ${text}`, this.screen.columns)),
    );
  }

  private printMessage(message: MessageView): void {
    const today = day(message.at);
    if (today !== this.lastDay) this.screen.print(this.palette.muted(today));
    this.lastDay = today;
    this.screen.print(messageLine(message, this.directory.nameOf, this.palette));
  }
}
