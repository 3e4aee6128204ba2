import { Presets, SingleBar } from 'cli-progress';

/** Shows how far an import is; `stop` leaves the last state on the screen. */
interface ImportProgress {
  update(sent: number): void;
  stop(): void;
}

const lineEveryShare = 0.1;

/** A bar on a terminal; elsewhere, where a bar would fill a log with control characters, a line per tenth. */
export function importProgress(total: number, output: NodeJS.WriteStream): ImportProgress {
  return output.isTTY ? bar(total, output) : lines(total, output);
}

function bar(total: number, output: NodeJS.WriteStream): ImportProgress {
  const single = new SingleBar(
    {
      format: '{bar} {percentage}%  {value} of {total} messages  {eta_formatted} left',
      stream: output,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  single.start(total, 0);
  return { update: (sent) => single.update(sent), stop: () => single.stop() };
}

function lines(total: number, output: NodeJS.WritableStream): ImportProgress {
  let told = 0;
  return {
    update: (sent) => {
      if (sent < total && sent - told < total * lineEveryShare) return;
      told = sent;
      output.write(`${sent} of ${total} messages\n`);
    },
    stop: () => undefined,
  };
}
