import fc from 'fast-check';
import { errorCatalogue, socketRequestNames } from '@parley/contracts/wire';
import * as dtos from '@parley/contracts/dto';
import { schemaOf, type DtoClass } from '@parley/platform/validation';
import { badValue } from '@parley/testing';
import { RunningGateways } from './running-gateways';
import type { TestSocket } from './test-socket';

describe('generated requests (S14)', () => {
  let gateways: RunningGateways;
  let socket: TestSocket;

  beforeAll(async () => {
    gateways = await RunningGateways.start(1);
    await gateways.conversation('ann', 'bob');
    socket = await gateways.connect('ann');
  });
  afterAll(() => gateways.stop());

  it.each([...socketRequestNames])(
    '%s is carried out or refused by a known code, never by a failure',
    async (name) => {
      const input = badValue(schemaOf(dtoOf(name)), () => ({}));
      await fc.assert(
        fc.asyncProperty(input, async (value) => {
          const ack = await socket.ask(name, value);
          if (!ack.ok) {
            expect(Object.keys(errorCatalogue)).toContain(ack.error.code);
            expect(ack.error.code).not.toMatch(/^(internal|service)\./);
          }
        }),
        { numRuns: 60, seed: 20_261_121 },
      );
      expect(gateways.lines.join('')).not.toContain('request_failed');
    },
  );
});

/** `message.send` takes a `MessageSendDto`. */
function dtoOf(name: string): DtoClass<object> {
  const words = name.split('.').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const dto = (dtos as Record<string, unknown>)[`${words.join('')}Dto`];
  if (dto === undefined) throw new RangeError(`no DTO is named after ${name}`);
  return dto as DtoClass<object>;
}
