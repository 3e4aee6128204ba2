import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import type { ParleyClient, ParleyError } from '@parley/client';
import { FileOutboxStorage } from '@parley/client/node';
import type { Env } from '@parley/platform/config';

/** Whose messages: the same user id in another tenant is another person. */
export interface OutboxOwner {
  tenantId: string;
  userId: string;
}

/** The file of a user's unsent messages: in the installation of this checkout, else where the system keeps a user's state. */
export function outboxFile(env: Env, dataDir: string | null, { tenantId, userId }: OutboxOwner): string {
  const home = env['XDG_STATE_HOME'] || env['LOCALAPPDATA'] || path.join(homedir(), '.local', 'state');
  const name = createHash('sha256').update(`${tenantId}\n${userId}`).digest('hex').slice(0, 32);
  return path.join(dataDir ?? path.join(home, 'parley'), 'chat', `${name}.jsonl`);
}

/** Opens the file; without it the chat goes on, and says why what is unsent at its end is lost. */
export async function openOutbox(file: string): Promise<FileOutboxStorage | { problem: string }> {
  try {
    return await FileOutboxStorage.open(file);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What an earlier chat could not send, and the client sends from its connection on. */
export interface Backlog {
  count: number;
  /** Resolves when each of them has its outcome. */
  settled: Promise<void>;
}

/** Follows the backlog; call it before the client connects. */
export async function followBacklog(
  client: ParleyClient,
  refused: (text: string, error: ParleyError) => void,
): Promise<Backlog> {
  const waiting = new Set((await client.pendingMessages()).map(({ input }) => input.clientMessageId));
  const count = waiting.size;
  if (count === 0) return { count, settled: Promise.resolve() };
  const settled = new Promise<void>((resolve) => {
    const off = client.on('message.settled', (outcome) => {
      if (!waiting.delete(outcome.input.clientMessageId)) return;
      if (!outcome.ok) refused(outcome.input.text, outcome.error);
      if (waiting.size > 0) return;
      off();
      resolve();
    });
  });
  return { count, settled };
}
