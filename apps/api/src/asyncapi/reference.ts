import { socketRequestDtos } from '@parley/contracts/dto';
import {
  closeCodes,
  errorCatalogue,
  eventCatalogue,
  requestCatalogue,
  socketRequestNames,
  type ErrorCode,
} from '@parley/contracts/wire';
import { schemaOf } from '@parley/platform/validation';
import { statusOf } from '../http/problem';
import { eventNames } from './document';

interface Shape {
  $ref?: string;
  properties?: Record<string, Shape>;
  required?: string[];
}

/** `docs/reference.md`: the tables of what clients branch on, from the contract. */
export function renderReference(schemas: object): string {
  const named = schemas as Record<string, Shape>;
  const fields = (shape: Shape | undefined): string => fieldsOf(shape, named);
  const outputs = named['SocketRequests']?.properties ?? {};
  const events = named['ServerEvents']?.properties ?? {};
  return [
    '# Reference',
    'Generated from `libs/contracts`. REST is described by `openapi.json`, sockets by `asyncapi.json`; `protocol.md` tells how to use them.',
    '## Requests over sockets',
    table(
      ['request', 'data', 'answer', 'what it does'],
      socketRequestNames.map((name) => [
        `\`${name}\``,
        fields(schemaOf(socketRequestDtos[name])),
        fields(outputs[name]?.properties?.['output']),
        requestCatalogue[name].summary,
      ]),
    ),
    '## Events',
    'A lost _durable_ event comes by `sync`, a _recovered_ one by a number in `heads`; a _lossy_ one is replaced by the next.',
    table(
      ['event', 'class', 'payload', 'meaning'],
      eventNames.map((name) => {
        const { class: kind, summary } = eventCatalogue[name];
        return [`\`${name}\``, kind, fields(events[name]), summary];
      }),
    ),
    '## Errors',
    'A code is stable. _Retry_ says whether the very same request may succeed later.',
    table(
      ['code', 'HTTP status', 'retry', 'meaning'],
      (Object.keys(errorCatalogue) as ErrorCode[]).sort().map((code) => {
        const { kind, retryable, message } = errorCatalogue[code];
        return [`\`${code}\``, String(statusOf(code, kind)), retryable ? 'yes' : 'no', message];
      }),
    ),
    '## Close codes',
    'Codes of `/ws`; Socket.IO clients find the reason in `disconnect`.',
    table(
      ['code', 'reason', 'connect again'],
      Object.entries(closeCodes).map(([code, { reason, retry }]) => [
        code,
        `\`${reason}\``,
        retry ? 'yes' : 'no',
      ]),
    ),
    '',
  ].join('\n\n');
}

/** The names of an object's fields: `{ id, title? }`. */
function fieldsOf(shape: Shape | undefined, named: Record<string, Shape>): string {
  const { $ref, properties, required = [] } = shape ?? {};
  if ($ref !== undefined) return fieldsOf(named[$ref.split('/').at(-1) ?? ''], named);
  const names = Object.keys(properties ?? {}).map((name) => (required.includes(name) ? name : `${name}?`));
  return `\`{ ${names.join(', ')} }\``;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
