import { randomBytes, randomUUID } from 'node:crypto';
import type { MeView, SettingsView } from '@parley/contracts/wire';
import { mintToken, newServerKey } from '@parley/platform/auth';
import { RunningApi } from './running-api';

describe('an installation that starts by its settings', () => {
  const tenantId = randomUUID();
  const serverKey = newServerKey();
  const secret = randomBytes(32).toString('base64url');
  const bootstrap = {
    BOOTSTRAP_TENANT_NAME: 'First',
    BOOTSTRAP_TENANT_ID: tenantId,
    BOOTSTRAP_SERVER_KEY: serverKey,
  };
  let api: RunningApi;

  beforeAll(async () => {
    api = await RunningApi.start({
      ...bootstrap,
      JWT_SECRET: secret,
      FEATURE_AI_FEEDBACK: 'true',
      FEATURE_CONVERSATION_INSIGHTS: 'true',
    });
  });
  afterAll(() => api.stop());

  async function tokenBy(text: string, kid = 'pk_first'): Promise<string> {
    const key = { tenantId, kid, secret: text, algorithm: 'HS256', issuer: null, audience: null } as const;
    return mintToken(key, { userId: 'ada', ttlSeconds: 60 }).token;
  }

  const me = async (token: string): Promise<MeView> =>
    (await api.call<MeView>('GET', '/v1/me', { token })).body;

  it('A-20: knows tokens that are signed with JWT_SECRET, and no others', async () => {
    expect(await me(await tokenBy(secret))).toMatchObject({ tenantId, user: { id: 'ada' } });
    const forged = await api.call('GET', '/v1/me', { token: await tokenBy(`${secret}x`) });
    expect(forged.body).toMatchObject({ code: 'token.invalid' });
    const otherKid = await api.call('GET', '/v1/me', { token: await tokenBy(secret, 'pk_other') });
    expect(otherKid.body).toMatchObject({ code: 'token.invalid' });
  });

  it.each([
    [
      'a sample',
      { JWT_SECRET: 'your-super-secure-jwt-secret-here' },
      /^JWT_SECRET contains a word of samples/,
    ],
    ['too short', { JWT_SECRET: 'tooshort' }, /^JWT_SECRET must be text of at least 32 characters/],
    [
      'without its tenant',
      { JWT_SECRET: secret, BOOTSTRAP_TENANT_NAME: '' },
      /^JWT_SECRET is the secret of a tenant/,
    ],
  ] as [string, Record<string, string>, RegExp][])(
    'S39: does not start with a JWT_SECRET that is %s',
    async (_, environment, sentence) => {
      await expect(RunningApi.start({ ...bootstrap, ...environment })).rejects.toThrow(sentence);
    },
  );

  it('A-24: features are the installation’s until the tenant decides, and so again when it takes that back', async () => {
    const byDefault = { realtimeCollaboration: false, aiFeedback: true, conversationInsights: true };
    const token = await tokenBy(secret);
    expect((await me(token)).features).toEqual(byDefault);
    expect((await me(serverKey)).features).toEqual(byDefault);
    const change = async (features: unknown) =>
      api.call<SettingsView>('PATCH', '/v1/admin/settings', { token: serverKey, body: { features } });
    const decided = { ...byDefault, realtimeCollaboration: true, aiFeedback: false };
    const { body } = await change({ realtimeCollaboration: true, aiFeedback: false });
    expect(body.features).toEqual(decided);
    expect((await me(token)).features).toEqual(decided);
    expect((await change({})).body.features).toEqual(decided);
    expect((await change({ realtimeCollaboration: null, aiFeedback: null })).body.features).toEqual(
      byDefault,
    );
    expect((await me(token)).features).toEqual(byDefault);
    const { body: shown } = await api.call<SettingsView>('GET', '/v1/admin/settings', { token: serverKey });
    expect(shown.features).toEqual(byDefault);
    for (const wrong of [{ aiFeedback: 'true' }, { other: true }, null, []])
      expect((await change(wrong)).status).toBe(400);
  });
});
