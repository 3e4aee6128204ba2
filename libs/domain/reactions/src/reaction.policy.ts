import type { Standing } from '@parley/domain/participants';

/** Everybody who may read may react, in every kind of conversation; a reaction is a user's. */
export function canReact(standing: Standing): boolean {
  return standing !== 'server';
}
