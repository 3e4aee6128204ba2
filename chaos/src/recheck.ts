import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { check } from './checker/check';
import type { FinalState } from './checker/final-state.types';
import { readHistory } from './history/history';
import { describeVerdict } from './report';
import { keptFiles } from './run';

const [folder = '', seed = ''] = new Command('recheck')
  .description('Judges a run that was kept once more.')
  .argument('<folder>', 'where it was kept')
  .argument('<seed>', 'its seed')
  .parse().args;
const files = keptFiles(folder, Number(seed));
const verdict = check(
  readHistory(files.history),
  JSON.parse(readFileSync(files.final, 'utf8')) as FinalState,
);
process.stdout.write(`${verdict.ok ? 'every promise held' : 'BROKEN'}\n${describeVerdict(verdict)}\n`);
if (!verdict.ok) process.exitCode = 1;
