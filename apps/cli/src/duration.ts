import { InvalidArgumentError } from 'commander';

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of "90", "45s", "30m", "12h" or "7d"; an option's parser. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must look like 45s, 30m, 12h or 7d.');
  return Number(match[1]) * seconds[(match[2] || 's') as keyof typeof seconds];
}
