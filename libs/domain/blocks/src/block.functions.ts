import { hotFunction } from '@parley/platform/database';

/** The SQL functions of prisma/sql that blocks need, with the rows that they return. */

export interface KeptApartRow {
  user_id: string;
  other_id: string;
  conversation_ids: string[];
}
export const keptApart = hotFunction<KeptApartRow>('kept_apart_v1', ['uuid', 'text[]']);
