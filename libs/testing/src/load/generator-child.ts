import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Call } from './generator-process';
import type { GeneratorCalls } from './generator.types';

const root = join(__dirname, '../../../..');

/** One process of the generator. */
export class GeneratorChild {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private calls = 0;

  constructor() {
    const starter = join(root, 'tools', 'run-typescript.mjs');
    this.process = spawn(process.execPath, [starter, join(__dirname, 'generator-process.ts')], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.process.on('message', (message) =>
      this.take(message as { id: number; result?: never; error?: string }),
    );
    this.process.on('exit', () => this.fail());
    this.process.on('error', () => this.fail());
  }

  call<N extends keyof GeneratorCalls>(
    name: N,
    order: Parameters<GeneratorCalls[N]>[0],
  ): ReturnType<GeneratorCalls[N]> {
    this.calls += 1;
    const call: Call = { id: this.calls, name, order };
    return new Promise<never>((resolve, reject) => {
      this.waiting.set(call.id, { resolve, reject });
      if (this.process.exitCode === null) this.process.send(call);
      else this.fail();
    }) as ReturnType<GeneratorCalls[N]>;
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }

  private take({ id, result, error }: { id: number; result?: never; error?: string }): void {
    const call = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(error));
  }

  private fail(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the generator has ended'));
    this.waiting.clear();
  }
}
