import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import { validateDto, type DtoClass } from '@parley/platform/validation';

/** Bodies and queries become instances of their DTO classes, or the request ends here. @throws AppError `request.invalid` */
@Injectable()
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || metatype === undefined) return value;
    // Without a body the answer names the fields that are missing.
    const result = validateDto(metatype as DtoClass, value ?? {});
    if (!result.ok) throw new AppError('request.invalid', { issues: result.issues });
    return result.value;
  }
}
