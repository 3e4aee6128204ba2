import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSystem, type System } from '@parley/testing';
import type { ClientKind } from '../src/client.types';
import { java, python, Unavailable } from '../src/clients/languages';
import { Installation } from '../src/installation';
import { judge, scenarios } from '../src/suite';

describe('the Socket.IO clients of other languages', () => {
  let system: System;
  let installation: Installation;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-languages-'));
    system = await startSystem();
    installation = new Installation(system.apiUrl, system.gatewayUrls[0] ?? '', system.serverKey);
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  describe.each([
    { language: 'Python', install: python },
    { language: 'Java', install: java },
  ])('$language', ({ install }) => {
    let client: ClientKind | undefined;

    beforeAll(async () => {
      client = await install(folder).catch((error: unknown) => {
        // A machine without the language says nothing about the protocol.
        if (!(error instanceof Unavailable)) throw error;
        process.stderr.write(`not tried: ${error.message}\n`);
        return undefined;
      });
    }, 180_000);
    afterAll(() => client?.stop());

    it.each(scenarios)('$name', async (scenario) => {
      if (client !== undefined) expect(await judge(scenario, client, installation)).toBeUndefined();
    });
  });
});
