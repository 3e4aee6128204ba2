import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProcessState } from '../processes/managed-process';

export interface StartPageFacts {
  url: string;
  parts: { name: string; what: string; state: ProcessState }[];
  /** The command line of each demo user's terminal. */
  chatLines: string[];
}

const style = `
:root { color-scheme: light dark; --text: #1c1e21; --muted: #62676f; --line: #e3e5e8; --back: #fff; --code: #f5f6f7;
  --accent: #3257d6; --up: #1f7a3f; --starting: #8a5a00; --down: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e7e9ec; --muted: #9aa1ab; --line: #2f343b; --back: #16181c; --code: #1f2329;
  --accent: #93aaff; --up: #6cc78b; --starting: #e0b25a; --down: #ff8a80; } }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 44rem; margin-inline: auto; padding: 48px 20px; }
h1 { font-size: 24px; font-weight: 600; margin: 0; }
h2 { font-size: 14px; font-weight: 600; color: var(--muted); margin: 32px 0 8px; }
p { margin: 4px 0 0; color: var(--muted); }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: 12px; padding: 8px 0; border-block-end: 1px solid var(--line); font-size: 14px; }
li > :first-child { inline-size: 6rem; flex: none; font-weight: 500; }
li > :nth-child(2) { flex: 1; color: var(--muted); }
.up { color: var(--up); } .starting { color: var(--starting); } .down { color: var(--down); }
a { color: var(--accent); text-underline-offset: 3px; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
pre { background: var(--code); border-radius: 6px; padding: 12px; margin: 8px 0; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers `/` with the page; there is nothing else here. */
export function answerStartPage(
  request: IncomingMessage,
  response: ServerResponse,
  facts: StartPageFacts,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const found = (request.url ?? '/').split('?', 1)[0] === '/';
  response.writeHead(found ? 200 : 404, headers).end(found ? renderStartPage(facts) : renderNotFound());
}

export function renderStartPage({ url, parts, chatLines }: StartPageFacts): string {
  const rows = parts.map(
    ({ name, what, state }) =>
      `<li><span>${escapeHtml(name)}</span><span>${escapeHtml(what)}</span><span class="${state}">${state}</span></li>`,
  );
  return page(
    'Parley',
    `<h1>Parley</h1>
<p>The messaging backend inside your own product. This installation answers at ${escapeHtml(url)}.</p>
<h2>Running</h2>
<ul>
${rows.join('\n')}
</ul>
<h2>Try</h2>
<p>Two people talk: each line in a terminal of its own, in the project's folder.</p>
<pre>${chatLines.map(escapeHtml).join('\n')}</pre>
<p>The conversations of a demo user, with a token that the start has printed:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" ${escapeHtml(url)}/v1/conversations</pre>
<h2>Read</h2>
<ul>
<li><a href="/docs">REST</a><span>every path, with its answers and errors</span></li>
<li><a href="/docs/openapi.json">OpenAPI</a><span>the same for machines</span></li>
<li><a href="/health">Health</a><span>what the installation says about itself</span></li>
</ul>`,
  );
}

function renderNotFound(): string {
  return page(
    'Not found · Parley',
    `<h1>There is no such page</h1>\n<p><a href="/">Back to the start</a></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
