import { z } from 'zod';
import { defaultUserSettings, userDirectories, type UserSettings } from '@parley/contracts/wire';

const stored = z.object({ users: z.object({ directory: z.enum(userDirectories) }).partial() });

/** What a tenant has set itself about its users; what cannot be read counts as not set. */
export function ownUserSettings(settings: unknown): Partial<UserSettings> {
  const { directory } = stored.safeParse(settings).data?.users ?? {};
  return directory === undefined ? {} : { directory };
}

/** All rules of a tenant about its users: its own, the others by default. */
export function completeUserSettings(own: Partial<UserSettings>): UserSettings {
  return { ...defaultUserSettings, ...own };
}

/** Absent rules stay. */
export function changedUserSettings(
  own: Partial<UserSettings>,
  { directory }: { directory?: UserSettings['directory'] | undefined },
): Partial<UserSettings> {
  return directory === undefined ? own : { ...own, directory };
}
