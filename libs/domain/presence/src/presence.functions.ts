import { hotFunction } from '@parley/platform/database';

/** The SQL functions of prisma/sql that presence needs, with the rows that they return. */

export const presenceSave = hotFunction<{ saved: number }>('presence_save_v2', [
  'uuid',
  'text[]',
  'timestamptz[]',
  'boolean[]',
]);

export interface SightRow {
  user_id: string;
  last_seen_at: Date | null;
  apart: boolean;
}
export const presenceSight = hotFunction<SightRow>('presence_sight_v3', ['uuid', 'text', 'text[]']);

export const directPartner = hotFunction<{ user_id: string }>('direct_partner_v1', ['uuid', 'uuid', 'text']);
