import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const threads = '/proc/self/task';

/**
 * The threads with which V8 marks its heap and compiles let those go first who answer clients: where processes share a core,
 * four of them in a collection of one process took most of it from all. Called before anything waits for a file or a
 * name, so that the threads which do that are not among them. Linux alone has priorities of threads.
 */
export function helperThreadsYield(): void {
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync(threads).map(Number)) {
    if (thread === process.pid) continue;
    try {
      setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended, or the sandbox does not allow it: the process works the same, only less considerate.
    }
  }
}
