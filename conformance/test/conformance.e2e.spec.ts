import { startSystem, type System } from '@parley/testing';
import { frames } from '../src/clients/frames';
import { javascript } from '../src/clients/javascript';
import { Installation } from '../src/installation';
import { judge, scenarios } from '../src/suite';

describe('the protocol, as other clients speak it', () => {
  let system: System;
  let installation: Installation;

  beforeAll(async () => {
    system = await startSystem();
    installation = new Installation(system.apiUrl, system.gatewayUrls[0] ?? '', system.serverKey);
  }, 60_000);
  afterAll(() => system.stop(), 30_000);

  describe.each([frames('socket.io'), frames('ws'), javascript])('$name', (client) => {
    it.each(scenarios)('$name', async (scenario) => {
      expect(await judge(scenario, client, installation)).toBeUndefined();
    });
  });
});
