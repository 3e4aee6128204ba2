import { Option, type Command } from 'commander';
import { CliError } from './cli.error';
import { readDemo } from './installation';
import { RestClient } from './rest/rest-client';

export interface ConnectionOptions {
  url?: string;
  key?: string;
}

const defaultUrl = 'http://localhost:3000';

/** Adds what every command over REST takes. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'where Parley is').env('PARLEY_URL'))
    .addOption(new Option('--key <key>', 'server key').env('PARLEY_KEY'))
    .option('--json', 'print JSON, for scripts');
}

/**
 * Fills the options `url` and `key` of a command that has them, where the person gave none, from the installation in this
 * checkout. Its key goes to its own server alone.
 */
export function fillConnection(command: Command, dataDir: string | null): void {
  const has = (name: string): boolean => command.options.some((option) => option.attributeName() === name);
  if (!has('url') || !has('key')) return;
  const given = (name: string): boolean =>
    !['default', undefined].includes(command.getOptionValueSource(name));
  const demo = readDemo(dataDir);
  if (!given('url')) command.setOptionValueWithSource('url', demo?.url ?? defaultUrl, 'default');
  if (given('key') || demo === null || command.getOptionValue('url') !== demo.url) return;
  command.setOptionValueWithSource('key', demo.serverKey, 'default');
}

/** @throws CliError without a server key */
export function connect({ url = defaultUrl, key }: ConnectionOptions): RestClient {
  if (key === undefined) {
    throw new CliError(
      `There is no server key for ${url}: set PARLEY_KEY, or run it in a checkout where npm start ran.`,
    );
  }
  return new RestClient(url, key);
}
