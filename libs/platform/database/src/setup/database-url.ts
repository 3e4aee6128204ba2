export interface UrlParts {
  user: string;
  password: string;
  database: string;
}

/** The parts of a connection URL. Throws with a sentence that does not repeat the URL: it holds a password. */
export function parseDatabaseUrl(url: string): UrlParts {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error(
      'The database URL cannot be read: it must look like postgresql://user:password@host:5432/database.',
    );
  }
  return {
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
  };
}

/** The same server, user and options, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.toString();
}
