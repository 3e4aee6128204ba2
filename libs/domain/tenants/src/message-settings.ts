import { z } from 'zod';
import { defaultMessageSettings, messageSettingsMaxima, type MessageSettings } from '@parley/contracts/wire';

const forms: { [K in keyof MessageSettings]: z.ZodType<MessageSettings[K]> } = {
  editWindowMinutes: z.int().min(1).max(messageSettingsMaxima.editWindowMinutes).nullable(),
  deletedTextRetentionDays: z.int().min(0).max(messageSettingsMaxima.deletedTextRetentionDays),
};
const stored = z.object({ messages: z.record(z.string(), z.unknown()) });

/** What a tenant has set itself about messages; what cannot be read counts as not set. */
export function ownMessageSettings(settings: unknown): Partial<MessageSettings> {
  const { data } = stored.safeParse(settings);
  return Object.fromEntries(
    Object.entries(data?.messages ?? {}).filter(
      ([name, value]) =>
        Object.hasOwn(forms, name) && forms[name as keyof MessageSettings].safeParse(value).success,
    ),
  );
}

/** All rules of a tenant about messages: its own, the others by default. */
export function completeMessageSettings(own: Partial<MessageSettings>): MessageSettings {
  return { ...defaultMessageSettings, ...own };
}

/** Absent rules stay. */
export function changedMessageSettings(
  own: Partial<MessageSettings>,
  change: { [K in keyof MessageSettings]?: MessageSettings[K] | undefined },
): Partial<MessageSettings> {
  return { ...own, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) };
}
