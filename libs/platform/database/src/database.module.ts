import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Db, type DbOptions } from './db';

/** Closes the connections last: Nest calls it after the servers have stopped. */
class DatabaseShutdown implements OnApplicationShutdown {
  constructor(private readonly db: Db) {}

  async onApplicationShutdown(): Promise<void> {
    await this.db.close();
  }
}

/** Provides `Db` to the whole process, after the boot check of its roles. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: DbOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Db,
          useFactory: async () => {
            const db = new Db(options);
            await db.assertRoles();
            return db;
          },
        },
        { provide: DatabaseShutdown, useFactory: (db: Db) => new DatabaseShutdown(db), inject: [Db] },
      ],
      exports: [Db],
    };
  }
}
