import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, processEnv, type Env } from '@parley/platform/config';
import { authConfig, SecretsModule } from '@parley/platform/auth';
import { databaseConfig, DatabaseModule, readFailure } from '@parley/platform/database';
import { TenantsModule } from '@parley/domain/tenants';
import { CliError } from '../cli.error';
import { databaseEnvironment, findInstallation } from '../installation';

@Module({})
class DatabaseCliModule {}

/** Opens the database for one piece of work with a service. @throws ConfigError, UnsafeRoleError */
export async function withDatabase<S, T>(service: Type<S>, work: (service: S) => Promise<T>): Promise<T> {
  const env = environment();
  const { database, auth } = loadConfig([databaseConfig, authConfig], env);
  const imports = [
    DatabaseModule.forRoot({ ...database, applicationName: 'parley-cli' }),
    SecretsModule.forRoot(auth),
    TenantsModule,
  ];
  try {
    const module = { module: DatabaseCliModule, imports };
    const context = await NestFactory.createApplicationContext(module, {
      logger: false,
      abortOnError: false,
    });
    return await work(context.get(service)).finally(() => context.close());
  } catch (error) {
    throw databaseSentence(error);
  }
}

/** What the help of every such command says. */
export const databaseNeeds =
  '\nNeeds DATABASE_URL, DATABASE_SYSTEM_URL and SECRETS_KEY, as the processes have them.';

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

function environment(): Env {
  const env = processEnv();
  return databaseEnvironment(env, findInstallation(env, process.cwd()));
}
