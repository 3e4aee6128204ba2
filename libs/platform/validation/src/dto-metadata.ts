import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';
import { optionalKey } from '@parley/contracts/dto';

/** A class whose fields carry validation metadata. */
export type DtoClass<T extends object = object> = new () => T;

/** The class behind `@Type(() => X)`, and whether the field holds one of them or a list. */
export interface NestedType {
  type: DtoClass;
  list: boolean;
}

/** What `@Type` says of a field; undefined where there is none. */
export function nestedTypeOf(dto: DtoClass, property: string): NestedType | undefined {
  const metadata = defaultMetadataStorage.findTypeMetadata(dto, property);
  if (metadata === undefined) return undefined;
  return { type: metadata.typeFunction() as DtoClass, list: metadata.reflectedType === Array };
}

/** All validation metadata of a class, its ancestors' included. */
export function validationMetadataOf(dto: DtoClass): ValidationMetadata[] {
  return getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
}

const knownFields = new WeakMap<DtoClass, ReadonlySet<string>>();

export function knownFieldsOf(dto: DtoClass): ReadonlySet<string> {
  let fields = knownFields.get(dto);
  if (fields === undefined) {
    fields = new Set(validationMetadataOf(dto).map(({ propertyName }) => propertyName));
    knownFields.set(dto, fields);
  }
  return fields;
}

/** Fields that null clears: IsOptional lets null pass; MayBeAbsent, which marks its fields, does not. */
export function nullableFieldsOf(dto: DtoClass): string[] {
  return validationMetadataOf(dto)
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ propertyName }) => propertyName)
    .filter((property) => Reflect.getMetadata(optionalKey, dto.prototype as object, property) !== true);
}
