import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, type Env } from '@parley/platform/config';
import { AuthModule, authConfig } from '@parley/platform/auth';
import { databaseConfig, DatabaseModule, readFailure } from '@parley/platform/database';
import { TenantService, TenantsModule } from '@parley/domain/tenants';
import { CliError } from '../cli.error';

@Module({})
class TenantsCliModule {}

/** Opens the database for one piece of work with the tenants. @throws ConfigError, UnsafeRoleError */
export async function withTenants<T>(env: Env, work: (tenants: TenantService) => Promise<T>): Promise<T> {
  const { database, auth } = loadConfig([databaseConfig, authConfig], env);
  const imports = [
    DatabaseModule.forRoot({ ...database, applicationName: 'parley-cli' }),
    AuthModule.forRoot(auth),
    TenantsModule,
  ];
  try {
    const module = { module: TenantsCliModule, imports };
    const context = await NestFactory.createApplicationContext(module, {
      logger: false,
      abortOnError: false,
    });
    return await work(context.get(TenantService)).finally(() => context.close());
  } catch (error) {
    throw databaseSentence(error);
  }
}

/** Failures of a database that is not there, not open to us or not made, as one sentence; others as they are. */
function databaseSentence(error: unknown): unknown {
  const { unavailable, sqlState = '' } = readFailure(error);
  if (unavailable) {
    return new CliError(
      'PostgreSQL cannot be reached: is it running, and are DATABASE_URL and DATABASE_SYSTEM_URL right?',
      {
        cause: error,
      },
    );
  }
  if (sqlState.startsWith('28')) {
    return new CliError('PostgreSQL refuses the login of DATABASE_URL or DATABASE_SYSTEM_URL.', {
      cause: error,
    });
  }
  // No such database, function or table.
  if (['3D000', '42883', '42P01'].includes(sqlState)) {
    return new CliError('The database is not at this version: run parley db:setup and parley db:migrate.', {
      cause: error,
    });
  }
  return error;
}
