import { processEnv } from '@parley/platform/config';
import { createProgram } from './program';
import { run } from './run';

// As with other commands, a reader that has seen enough (`parley user list | head`) ends this one without complaint.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

void run(createProgram(processEnv(), process.cwd()), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
