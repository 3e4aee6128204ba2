export { compileChecker, type Checker } from './compiled-checker';
export type { DtoClass } from './dto-metadata';
export { schemaOf } from './dto-schema';
export type { JsonSchema } from './json-schema.types';
export { validateDto, type Validated } from './validate-dto';
