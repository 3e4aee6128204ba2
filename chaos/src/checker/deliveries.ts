import type { HistoryRecord } from '../history/history.types';

interface Range {
  from: number;
  to: number;
}

/** What one client had of one conversation. */
export class ClientTimeline {
  /** Seq → when the app got it first. */
  readonly applied = new Map<number, number>();
  private readonly voids = new Map<number, number>();
  private readonly gaps: Range[] = [];

  constructor(
    readonly client: string,
    readonly user: string,
    readonly conversation: string,
  ) {}

  apply(seq: number, t: number): void {
    if (!this.applied.has(seq)) this.applied.set(seq, t);
  }

  noteVoid(seq: number, t: number): void {
    if (!this.voids.has(seq)) this.voids.set(seq, t);
  }

  noteGap(gap: Range): void {
    this.gaps.push(gap);
  }

  /** Had this seq by then; a void is enough where the entry is no message. */
  had(seq: number, isMessage: boolean, byWhen: number): boolean {
    const at = this.applied.get(seq) ?? (isMessage ? undefined : this.voids.get(seq));
    return at !== undefined && at <= byWhen;
  }

  toldOfGap(seq: number): boolean {
    return this.gaps.some(({ from, to }) => from <= seq && seq <= to);
  }
}

/** Every client that took part, with what it had of each conversation. */
export class Deliveries {
  readonly owners = new Map<string, { user: string; tenant: string }>();
  private readonly timelines = new Map<string, ClientTimeline>();

  constructor(records: readonly HistoryRecord[]) {
    for (const record of records) this.take(record);
  }

  get all(): Iterable<ClientTimeline> {
    return this.timelines.values();
  }

  of(client: string, user: string, conversation: string): ClientTimeline {
    const name = `${client} ${conversation}`;
    const timeline = this.timelines.get(name) ?? new ClientTimeline(client, user, conversation);
    this.timelines.set(name, timeline);
    return timeline;
  }

  private take(record: HistoryRecord): void {
    if (record.type === 'connect') this.owners.set(record.client, record);
    else if (record.type === 'gap') {
      this.of(record.client, record.user, record.conversation).noteGap(record);
    } else if (record.type === 'recv' || record.type === 'apply') {
      const timeline = this.of(record.client, record.user, record.conversation);
      if (record.event === 'void') timeline.noteVoid(record.seq, record.t);
      else if (record.type === 'apply') timeline.apply(record.seq, record.t);
    }
  }
}
