import type { LoggerService } from '@nestjs/common';
import { WinstonLogger } from 'nest-winston';
import { createLogger as createWinston, format, transports, type Logger } from 'winston';
import { formatJson, formatPretty } from './log-format';
import { toLogRecord, type LogLevel } from './log-record';

/** What a line says beside its event: short, harmless values. Bodies and texts of users never belong here. */
export interface LogFields {
  message?: string;
  /** Anything thrown: written with its code and stack. */
  error?: unknown;
  requestId?: string;
  tenantId?: string;
  userId?: string;
  [field: string]: unknown;
}

/**
 * The log of a process. `event` is a fixed dotted name (`socket.connected`), never built from data, so that lines can be
 * counted and searched.
 */
export class Log {
  constructor(private readonly winston: Logger) {}

  error(event: string, fields?: LogFields): void {
    this.write('error', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.write('warn', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.write('info', event, fields);
  }

  debug(event: string, fields?: LogFields): void {
    this.write('debug', event, fields);
  }

  /** For `app.useLogger`: what Nest itself has to say, in the same lines. */
  forNest(): LoggerService {
    return new WinstonLogger(this.winston);
  }

  private write(level: LogLevel, event: string, fields: LogFields = {}): void {
    // A line that nobody gets would still be copied, cleaned and written as JSON.
    if (!this.winston.isLevelEnabled(level)) return;
    this.winston.log({ ...fields, level, event, message: fields.message ?? '' });
  }
}

export interface LoggerOptions {
  /** The name of the process in every line: `api`, `gateway`, `worker`. */
  process: string;
  level: LogLevel;
  format: 'json' | 'pretty';
  /** Where the lines go; standard output when absent. */
  stream?: NodeJS.WritableStream;
}

// Nest's own levels are among them: a logger that lacks one throws when Nest uses it.
const levels = { fatal: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 5 };

/** Makes the log of this process; call it once, in the first lines of `main`. */
export function createLogger(options: LoggerOptions): Log {
  const stream = options.stream ?? process.stdout;
  const write = options.format === 'json' ? formatJson : formatPretty;
  const transport = new transports.Stream({ stream });
  // Whoever reads the log may go away at any time; that must not end the process (F39).
  stream.on('error', ignore);
  transport.on('error', ignore);
  const winston = createWinston({
    levels,
    level: options.level,
    format: format.printf((info) => write(toLogRecord(options.process, info))),
    transports: [transport],
  });
  winston.on('error', ignore);
  return new Log(winston);
}

function ignore(): void {
  // Nothing to report to: the log itself is what failed.
}
