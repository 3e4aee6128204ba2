import {
  Injectable,
  SetMetadata,
  type CallHandler,
  type CustomDecorator,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { json, type Request, type RequestHandler, type Response } from 'express';
import type { Observable } from 'rxjs';
import { AppError, limits } from '@parley/contracts/wire';

const bodyLimitKey = 'parley:bodyLimit';

/** Bytes that the body of this route may have, where they are more than usual. */
export function BodyLimit(bytes: number): CustomDecorator {
  return SetMetadata(bodyLimitKey, bytes);
}

/** Reads JSON bodies. It runs after the guards, so that nobody unknown has anything parsed. */
@Injectable()
export class JsonBodyInterceptor implements NestInterceptor {
  private readonly parsers = new Map<number, RequestHandler>();

  constructor(private readonly reflector: Reflector) {}

  /** @throws AppError `request.unsupported_media`, and the errors of the body parser, which the filter knows */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    if (hasBody(request)) {
      if (!request.is('application/json')) throw new AppError('request.unsupported_media');
      const limit = this.reflector.get<number | undefined>(bodyLimitKey, context.getHandler());
      await this.parse(limit ?? limits.requestBodyMaxBytes, request, http.getResponse<Response>());
    }
    return next.handle();
  }

  private parse(limit: number, request: Request, response: Response): Promise<void> {
    let parser = this.parsers.get(limit);
    if (parser === undefined) {
      parser = json({ limit, strict: true, type: () => true });
      this.parsers.set(limit, parser);
    }
    const read = parser;
    return new Promise((resolve, reject) => {
      void read(request, response, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the body was not read', { cause: error }));
      });
    });
  }
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}
