export { parseDatabaseUrl, withDatabase, type UrlParts } from './database-url';
export { assertProcessRole, UnsafeRoleError, type RoleQueryable } from './process-role';
export { appRole, ownerRole, systemRole } from './roles';
export { setupDatabase, type SetupOptions } from './setup-database';
export { SetupError } from './setup.error';
