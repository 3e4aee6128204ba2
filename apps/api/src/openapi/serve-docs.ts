import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { asyncApiDocument } from '../asyncapi/document';
import socketSchemas from '../asyncapi/socket-schemas.json';
import { controllers } from '../controllers';
import { openApiDocument } from './document';
import wireSchemas from './wire-schemas.json';

/**
 * Serves the documentation at `/docs`, to read and to try, and as `/docs/openapi.json`; the sockets as
 * `/docs/asyncapi.json`. Nothing of it comes from elsewhere.
 */
export function serveDocs(app: NestExpressApplication): void {
  const document = (): OpenAPIObject => openApiDocument(controllers, wireSchemas) as unknown as OpenAPIObject;
  const sockets = asyncApiDocument(socketSchemas);
  const serveSockets: RequestHandler = (_, response) => {
    response.json(sockets);
  };
  app.use('/docs/asyncapi.json', serveSockets);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Parley API',
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true },
  });
}
