import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportPageDto } from '@parley/contracts/dto';
import type { ImportResult, Problem } from '@parley/contracts/wire';
import { CliError } from '../cli.error';

/** What an import asks of the server. */
export interface ImportApi {
  post(page: ImportPageDto): Promise<ImportResult>;
}

interface ImportApiOptions {
  url: string;
  key: string;
  /** First wait before a repeat; it doubles, up to 60 times itself. */
  retryAfterMs?: number;
  tries?: number;
}

const requestTimeoutMs = 60_000;

/** An answer that a repeat does not change: its sentence is the server's, with the first fields that it names. */
class ImportRefused extends CliError {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    const issues = (problem.issues ?? []).slice(0, 3).map(({ path, message }) => `${path} ${message}`);
    const sentence = problem.message ?? `The server answered with status ${status}.`;
    super(issues.length === 0 ? sentence : `${sentence} (${issues.join('; ')})`);
  }
}

/** REST for the import. Every request may be repeated, since the same page again writes nothing twice. */
export class RestImportApi implements ImportApi {
  constructor(private readonly options: ImportApiOptions) {}

  post(page: ImportPageDto): Promise<ImportResult> {
    return this.repeat(JSON.stringify(page));
  }

  private async repeat(body: string): Promise<ImportResult> {
    const { tries = 8, retryAfterMs = 500 } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(body);
      } catch (error) {
        const refused = error instanceof ImportRefused ? error : undefined;
        if (attempt === tries || (refused !== undefined && refused.problem.retryable !== true)) {
          throw refused ?? unreachable(this.options.url, error);
        }
        const wait = retryAfterMs * Math.min(2 ** (attempt - 1), 60);
        await sleep(Math.max(wait / 2 + (Math.random() * wait) / 2, refused?.problem.retryAfterMs ?? 0));
      }
    }
  }

  private async once(body: string): Promise<ImportResult> {
    const response = await fetch(new URL('/v1/imports', this.options.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.options.key}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(requestTimeoutMs),
      body,
    });
    if (response.ok) return (await response.json()) as ImportResult;
    throw new ImportRefused(response.status, await problemOf(response));
  }
}

// A proxy in between answers in its own way: its 5xx and 429 are as temporary as the server's own.
async function problemOf(response: Response): Promise<Partial<Problem>> {
  const text = await response.text();
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && 'code' in json) return json as Partial<Problem>;
  } catch {
    // Not ours: told by its status alone.
  }
  return { retryable: response.status >= 500 || response.status === 429 };
}

function unreachable(url: string, error: unknown): CliError {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return new CliError(`The server at ${url} does not answer (${cause?.code ?? message}).`, { cause: error });
}
