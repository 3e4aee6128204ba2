import { InvalidArgumentError } from 'commander';

/** The name of something that a command makes. @throws InvalidArgumentError */
export function parseTitle(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 200) throw new InvalidArgumentError('It must be 1 to 200 characters.');
  return name;
}
