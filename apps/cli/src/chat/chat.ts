import type { ConversationView, StoredEvent } from '@parley/contracts/wire';
import { ParleyError, type ConnectionState, type ParleyClient } from '@parley/client';
import { fit, harmless, messageLine } from './chat-lines';
import { followBacklog } from './chat-outbox';
import { helpLines, readInput, type CommandName } from './command-line';
import { listConversations, listLine, pick, type ListedConversation } from './conversation-list';
import { Directory } from './directory';
import { Palette } from './palette';
import { Room } from './room';
import type { Screen } from './screen';

/** Which conversation to begin with; with neither the person picks one. */
export interface ChatTarget {
  with?: string;
  in?: string;
}

/** How the chat ended. */
export interface ChatEnd {
  /** Messages without an answer yet. */
  unsent: number;
  /** Messages that the server refused; each was told when it happened. */
  refused: number;
  error?: Error;
}

/** One person's chat on one screen. Everything happens in one line of tasks, so that nothing is shown out of turn. */
export class Chat {
  private readonly palette: Palette;
  private readonly directory: Directory;
  private room: Room | undefined;
  private list: ListedConversation[] = [];
  private status = '';
  private refused = 0;
  private tasks = Promise.resolve();
  private readonly sends = new Set<Promise<void>>();
  private finish: (error?: Error) => void = () => undefined;

  constructor(
    private readonly client: ParleyClient,
    private readonly screen: Screen,
    private readonly me: string,
    /** Why messages that are unsent at the end are not kept; null when they are. */
    private readonly keepingProblem: string | null,
  ) {
    this.palette = new Palette(screen.colours);
    this.directory = new Directory(client.rest, me);
  }

  /** Runs until the person ends it, the lines end, or the server refuses for good. */
  async run(target: ChatTarget): Promise<ChatEnd> {
    const ended = new Promise<Error | undefined>((resolve) => (this.finish = resolve));
    this.screen.prompt('');
    this.client.on('state', ({ state, error }) => this.showState(state, error));
    this.client.on('event', (event) => this.task(() => this.receive(event)));
    this.client.on('conversation.left', ({ conversationId }) => this.task(() => this.left(conversationId)));
    this.client.on('reset', () => this.task(() => this.reopen()));
    this.client.on('typing', ({ userIds }) => this.task(() => this.showCompany(userIds)));
    this.client.on('presence', ({ userId }) => this.task(() => this.showCompany([userId])));
    this.screen.listen({
      line: (text) => this.task(() => this.line(text)),
      typing: () => this.room?.typing(),
      end: () => this.task(() => this.finishWhenSent()),
      interrupt: () => this.finish(),
    });
    this.tasks = this.begin(target).catch((error: unknown) => this.finish(asError(error)));
    const error = await ended;
    return { unsent: this.client.pending, refused: this.refused, ...(error ? { error } : {}) };
  }

  private async begin(target: ChatTarget): Promise<void> {
    const first = await this.find(target);
    await this.takeUpBacklog();
    this.client.connect();
    await this.live();
    if (first) return this.open(first);
    this.showList();
    // A script cannot pick: it goes on where the user was last.
    if (!this.screen.interactive) await this.openNumber('1');
  }

  private async takeUpBacklog(): Promise<void> {
    if (this.screen.interactive && this.keepingProblem !== null) {
      this.say(`What is unsent when you leave is lost: ${harmless(this.keepingProblem)}`);
    }
    const backlog = await followBacklog(this.client, (text, error) => this.showRefused(text, error));
    if (backlog.count === 0) return;
    if (this.screen.interactive) {
      this.say(
        `Sending what you wrote last time: ${backlog.count} message${backlog.count === 1 ? '' : 's'}.`,
      );
    }
    this.sends.add(backlog.settled);
  }

  // History is read only after the connection is live: whatever comes between the two would be missing.
  private async live(): Promise<void> {
    if (this.client.state === 'live') return;
    await new Promise<void>((resolve) => {
      const off = this.client.on('state', ({ state }) => {
        if (state !== 'live') return;
        off();
        resolve();
      });
    });
  }

  private async find(target: ChatTarget): Promise<ListedConversation | undefined> {
    const { rest } = this.client;
    if (target.with !== undefined) {
      const participants = [{ userId: target.with }];
      const conversation = await rest.conversations.create({ kind: 'direct', participants });
      return { conversation, title: await this.directory.titleOf(conversation) };
    }
    this.list = await listConversations(rest, this.directory);
    if (target.in === undefined) return undefined;
    const picked = pick(this.list, target.in);
    if (picked) return picked;
    const conversation = await rest.conversations.get(target.in);
    return { conversation, title: await this.directory.titleOf(conversation) };
  }

  private async open({ conversation, title }: ListedConversation): Promise<void> {
    const { client, directory, screen, palette } = this;
    await directory.load([this.me]);
    this.room?.close();
    const partner = await this.partnerIn(conversation);
    this.room = new Room({ id: conversation.id, title, partner }, client, directory, screen, palette);
    await this.room.open();
    screen.prompt(`${harmless(directory.nameOf(this.me))} › `);
    this.drawFooter();
  }

  private async partnerIn({ id, kind }: ConversationView): Promise<string | undefined> {
    if (kind !== 'direct') return undefined;
    const { data } = await this.client.rest.participants.list(id, { limit: 2 });
    return data.map(({ userId }) => userId).find((userId) => userId !== this.me);
  }

  private async showCompany(userIds: string[]): Promise<void> {
    await this.directory.load(userIds);
    this.drawFooter();
  }

  private async line(text: string): Promise<void> {
    const input = readInput(text);
    switch (input.kind) {
      case 'nothing':
        return this.room ? undefined : this.openNumber('1');
      case 'text':
        return this.room ? this.send(this.room, input.text) : this.openNumber(input.text);
      case 'unknown':
        return this.say(`There is no command /${harmless(input.name)}; /help shows all.`);
      case 'command':
        return this.command(input.name, input.argument);
    }
  }

  private async command(name: CommandName, argument: string): Promise<void> {
    switch (name) {
      case 'help':
        return helpLines.forEach((line) => this.say(line));
      case 'list':
        this.list = await listConversations(this.client.rest, this.directory);
        return this.showList();
      case 'open':
        return this.openNumber(argument);
      case 'quit':
        return this.finishWhenSent();
      case 'members':
        return this.inRoom((room) => this.showMembers(room));
      case 'add':
        return this.inRoom((room) => this.add(room, argument));
      case 'leave':
        return this.inRoom((room) => this.client.rest.participants.remove(room.id, this.me));
      case 'history':
        return this.inRoom((room) => room.showOlder());
      case 'edit':
        return this.inRoom((room) => room.editLast(argument));
      case 'delete':
        return this.inRoom((room) => room.deleteLast());
      case 'react':
        return this.inRoom((room) => room.reactToLast(argument));
    }
  }

  private async inRoom(act: (room: Room) => Promise<void>): Promise<void> {
    if (this.room) await act(this.room);
    else this.say('Open a conversation first: type its number.');
  }

  // Not waited for: the next line may be typed while this one is on its way.
  private send(room: Room, text: string): void {
    const sending = room
      .send(text, () => this.drawFooter())
      .catch((error: unknown) => {
        if (error instanceof ParleyError && error.code === 'client.closed') return;
        this.showRefused(text, asError(error));
      })
      .finally(() => this.sends.delete(sending));
    this.sends.add(sending);
  }

  private showRefused(text: string, error: Error): void {
    this.refused += 1;
    this.screen.print(this.palette.warning(`Not sent: ${fit(harmless(text), 60)} (${error.message})`));
  }

  // Not waited for either: what is sent comes back as an event, and is shown before the end.
  private finishWhenSent(): void {
    if (this.sends.size > 0 && this.screen.interactive) {
      const keeping = this.keepingProblem === null ? ' and keeps them for the next time' : '';
      this.say(`Waiting until your messages are sent; Ctrl-C ends at once${keeping}.`);
    }
    void Promise.all(this.sends).then(() => this.task(() => this.finish()));
  }

  private showList(): void {
    if (this.list.length === 0) {
      return this.say('You have no conversations yet. Start one: parley chat --as YOU --with SOMEBODY');
    }
    this.list.forEach((listed, index) => this.screen.print(listLine(listed, index + 1)));
    if (!this.room && this.screen.interactive) this.screen.prompt('Open which? [1] › ');
  }

  private async openNumber(wanted: string): Promise<void> {
    const picked = pick(this.list, wanted);
    if (picked) await this.open(picked);
    else
      this.say(
        this.list.length === 0 ? 'There is nothing to open.' : 'That is not in the list; /list shows it.',
      );
  }

  private async showMembers(room: Room): Promise<void> {
    const { data } = await this.client.rest.participants.list(room.id, { limit: 100 });
    await this.directory.load(data.map(({ userId }) => userId));
    for (const { userId, role } of data) {
      const name = this.palette.user(userId, harmless(this.directory.nameOf(userId)));
      this.screen.print(`       ${name} ${this.palette.muted(`${harmless(userId)}, ${role}`)}`);
    }
  }

  private async add(room: Room, userId: string): Promise<void> {
    if (userId === '') return this.say('Say whom: /add USER');
    await this.client.rest.participants.add(room.id, [{ userId }]);
  }

  private async receive(event: StoredEvent): Promise<void> {
    if (event.conversationId === this.room?.id) {
      await this.room.show(event);
      return this.drawFooter();
    }
    if (event.type !== 'message.created' || event.data.sender === this.me || !this.screen.interactive) return;
    await this.directory.load([event.data.sender]);
    const line = messageLine(event.data, this.directory.nameOf, new Palette(false));
    const title = this.list.find(({ conversation }) => conversation.id === event.conversationId)?.title;
    this.say(fit(`${line}  (in ${title ?? 'another conversation: /list'})`, this.screen.columns));
  }

  private async left(conversationId: string): Promise<void> {
    this.list = this.list.filter(({ conversation }) => conversation.id !== conversationId);
    if (this.room?.id !== conversationId) return;
    this.room = undefined;
    this.say('You are no longer in this conversation.');
    this.drawFooter();
    if (this.screen.interactive) this.showList();
    else this.finish();
  }

  private async reopen(): Promise<void> {
    this.list = await listConversations(this.client.rest, this.directory);
    const again = this.list.find(({ conversation }) => conversation.id === this.room?.id);
    if (again) await this.open(again);
  }

  private showState(state: ConnectionState, error: ParleyError | undefined): void {
    if (state === 'failed') return this.finish(error);
    this.status = statusOf(state, this.keepingProblem === null);
    this.drawFooter();
  }

  private drawFooter(): void {
    const status = this.status === '' ? [] : [this.palette.muted(this.status)];
    const { room } = this;
    this.screen.footer([...(room?.pendingLines() ?? []), ...(room?.companyLines() ?? []), ...status]);
  }

  private say(line: string): void {
    this.screen.print(this.palette.muted(line));
  }

  private task(act: () => Promise<void> | void): void {
    this.tasks = this.tasks.then(act).catch((error: unknown) => {
      this.screen.print(this.palette.warning(asError(error).message));
    });
  }
}

function statusOf(state: ConnectionState, kept: boolean): string {
  const waiting = kept ? 'your messages are kept, also when you leave' : 'your messages wait here';
  switch (state) {
    case 'offline':
      return `offline: ${waiting}`;
    case 'reconnecting':
      return `no connection: trying again, ${waiting}`;
    case 'catchingUp':
      return 'catching up…';
    case 'connecting':
    case 'authenticating':
      return 'connecting…';
    case 'live':
    case 'idle':
    case 'failed':
      return '';
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
