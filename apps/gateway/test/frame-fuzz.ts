import { waitFor } from '@parley/testing';
import { badFrame, seeded } from './frame-grammar';
import { clientFrame, RawLine } from './raw-line';
import type { RunningGateways } from './running-gateways';

const linesAtOnce = 8;
const framesPerLine = 25;

export const transports = {
  socketIo: {
    path: '/socket.io/?EIO=4&transport=websocket',
    hello: (token: string) => `40${JSON.stringify({ token })}`,
  },
  webSocket: {
    path: '/ws',
    hello: (token: string) => JSON.stringify({ id: 0, type: 'auth', data: { token } }),
  },
} as const;

export type Transport = keyof typeof transports;

/** An authenticated line. */
export async function authenticatedLine(gateways: RunningGateways, transport: Transport): Promise<RawLine> {
  const { path, hello } = transports[transport];
  const line = RawLine.open(gateways.url(), path);
  await waitFor(() => line.received.includes('\r\n\r\n'));
  line.write(clientFrame(hello(await gateways.token('fuzz'))));
  await waitFor(() => line.received.includes('ready') || line.closed);
  return line;
}

/** Says so many bad frames, on lines of both transports, opened again and again as the server closes them. */
export async function fuzz(gateways: RunningGateways, seed: number, frames: number): Promise<void> {
  const random = seeded(seed);
  for (let said = 0; said < frames; said += linesAtOnce * framesPerLine) {
    await Promise.all(
      Array.from({ length: linesAtOnce }, async (_, index) => {
        const transport = index % 2 === 0 ? 'socketIo' : 'webSocket';
        const line = await authenticatedLine(gateways, transport);
        for (let frame = 0; frame < framesPerLine; frame += 1) line.write(badFrame(random, transport));
        await new Promise((resolve) => line.socket.write('', resolve));
        line.end();
      }),
    );
  }
}
