import { volumeOf } from './profiles.ts';
import { readSettings } from './settings.ts';

const installation = { url: 'http://localhost:3000', serverKey: 'psk_demo' };

describe('the settings of the load test', () => {
  it('needs none beside a running installation', () => {
    expect(readSettings({}, installation)).toMatchObject({
      profileName: 'smoke',
      baseUrl: 'http://localhost:3000',
      serverKey: 'psk_demo',
      report: 'load-report.html',
    });
  });

  it('lets what is given win', () => {
    const given = {
      BASE_URL: 'https://chat.example.org/',
      SERVER_KEY: 'psk_own',
      REPORT: 'r.html',
      SECONDS: '5',
    };
    expect(readSettings(given, installation)).toMatchObject({
      baseUrl: 'https://chat.example.org',
      serverKey: 'psk_own',
      report: 'r.html',
      profile: { seconds: 5 },
    });
  });

  it('says in a sentence what is missing or wrong', () => {
    expect(() => readSettings({}, undefined)).toThrow('npm start');
    expect(() => readSettings({ PROFILE: 'toString' }, installation)).toThrow('use one of smoke');
    expect(() => readSettings({ SECONDS: 'ten' }, installation)).toThrow('positive whole number');
  });

  it('knows how much a run has to send and deliver', () => {
    const { profile } = readSettings({ SECONDS: '10' }, installation);
    // Five messages each, three to the other one and oneself, two to all six.
    expect(volumeOf(profile)).toEqual({ users: 48, sends: 240, deliveries: 48 * (3 * 2 + 2 * 6) });
  });
});
