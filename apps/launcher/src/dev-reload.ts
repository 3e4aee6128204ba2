import { watch } from 'node:fs';
import { sep } from 'node:path';

const quietMs = 300;

/** Restarts the processes whose compiled files change: their own, or a library's. Returns the end of watching. */
export function restartOnChange(
  distDir: string,
  processes: readonly { app: string; restart: () => void }[],
): () => void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    const library = changed.has('libs');
    for (const process of processes) if (library || changed.has(process.app)) process.restart();
    changed.clear();
  };
  const watcher = watch(distDir, { recursive: true }, (_event, file) => {
    if (!file?.endsWith('.js')) return;
    const [root = '', app = ''] = file.split(sep);
    changed.add(root === 'apps' ? app : root);
    clearTimeout(timer);
    timer = setTimeout(restart, quietMs);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
