import { hotFunction, type Db } from '@parley/platform/database';

const expire = hotFunction<{ expired: number }>('system_revision_expire_v1', ['int']);

const batchRows = 1_000;

/** Removes what deleted messages of all tenants said, where its time is over, in small transactions; how many they were. */
export async function forgetRevisions(db: Db): Promise<number> {
  for (let forgotten = 0; ;) {
    const [row] = await db.system.call(expire, batchRows);
    const expired = row?.expired ?? 0;
    forgotten += expired;
    if (expired < batchRows) return forgotten;
  }
}
