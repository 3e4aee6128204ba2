import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, type Problem } from '@parley/contracts/wire';

const retryAfterMs = 1_000;

/** Answers that the process behind this path is not there at the moment. */
export function answerUnavailable(response: ServerResponse): void {
  const { status, headers, body } = unavailable();
  response.writeHead(status, headers).end(body);
}

/** The same on a connection that was to be upgraded; it closes then. */
export function refuseUpgrade(socket: Duplex, problem: ProblemAnswer = unavailable()): void {
  const { status, headers, body } = problem;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}connection: close\r\n\r\n${body}`,
  );
}

/** For an upgrade on a path that has none. */
export function noSuchUpgrade(): ProblemAnswer {
  return problemAnswer(404, 'Not found', new AppError('route.not_found'));
}

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function unavailable(): ProblemAnswer {
  const answer = problemAnswer(503, 'Unavailable', new AppError('service.unavailable', { retryAfterMs }));
  answer.headers['retry-after'] = String(retryAfterMs / 1000);
  return answer;
}

function problemAnswer(status: number, title: string, error: AppError): ProblemAnswer {
  const requestId = randomUUID();
  const problem: Problem = { type: `/docs#${error.code}`, title, status, ...error.toBody(), requestId };
  const body = JSON.stringify(problem);
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-request-id': requestId,
  };
  return { status, headers, body };
}
