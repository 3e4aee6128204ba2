import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { controllers } from '../controllers';
import { openApiDocument } from './document';
import wireSchemas from './wire-schemas.json';

/** Serves the documentation at `/docs`, to read and to try, and as `/docs/openapi.json`. Nothing of it comes from elsewhere. */
export function serveDocs(app: NestExpressApplication): void {
  const document = (): OpenAPIObject => openApiDocument(controllers, wireSchemas) as unknown as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Parley API',
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true },
  });
}
