export {
  migrateCreate,
  migrateDeploy,
  migrateDiff,
  migrateResolve,
  migrateStatus,
  type MigrateOptions,
  type MigrationStatus,
} from './migrate';
export { MigrationError } from './migration.error';
