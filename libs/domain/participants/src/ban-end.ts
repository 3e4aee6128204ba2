import { AppError } from '@parley/contracts/wire';

/** When a ban ends by itself; null: never. @throws AppError `request.invalid` where that has passed */
export function banEnd(until: string | undefined): Date | null {
  if (until === undefined) return null;
  const end = new Date(until);
  if (!(end.getTime() > Date.now())) {
    throw new AppError('request.invalid', { issues: [{ path: 'until', message: 'must be in the future' }] });
  }
  return end;
}
