import { volumeOf } from '../profiles.ts';
import type { Settings } from '../settings.ts';
import { renderHtml } from './html.ts';
import { summaryOf, type SummaryData } from './summary.ts';
import { renderText } from './text.ts';

/** The end of a run: a few lines for the terminal, and the report as one HTML file. */
export function summarize(settings: Settings, data: SummaryData): Record<string, string> {
  const { profile, profileName, baseUrl, report } = settings;
  const { users } = volumeOf(profile);
  const summary = summaryOf(
    [
      ['Service', baseUrl],
      ['Profile', profileName],
      ['Load', `${users} users, ${profile.messagesPerMinute} messages/min each, ${profile.seconds} s`],
      ['Ended', `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ],
    data,
  );
  return { stdout: renderText(summary, report), [report]: renderHtml(summary) };
}
