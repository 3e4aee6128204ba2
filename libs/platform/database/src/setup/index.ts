export { withDatabase } from './database-url';
export { assertProcessRole, UnsafeRoleError, type RoleQueryable } from './process-role';
export { appRole, ownerRole } from './roles';
export { setupDatabase, type SetupOptions } from './setup-database';
export { SetupError } from './setup.error';
