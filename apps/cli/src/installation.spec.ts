import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { databaseEnvironment, findInstallation, readDemo } from './installation';

describe('the installation of a checkout', () => {
  let folder: string;
  let dataDir: string;
  const saved = { DATABASE_URL: 'postgresql://local', SECRETS_KEY: 'local' };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-cli-'));
    dataDir = path.join(folder, '.parley');
    mkdirSync(path.join(folder, 'deep', 'below'), { recursive: true });
    mkdirSync(dataDir);
    writeFileSync(path.join(dataDir, 'environment.json'), JSON.stringify(saved));
    writeFileSync(
      path.join(dataDir, 'demo.json'),
      JSON.stringify({ url: 'http://localhost:3000', serverKey: 'psk_x' }),
    );
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is found from a folder below, or where PARLEY_DATA_DIR says', () => {
    expect(findInstallation({}, path.join(folder, 'deep', 'below'))).toBe(dataDir);
    expect(findInstallation({ PARLEY_DATA_DIR: 'elsewhere' }, folder)).toBe(path.join(folder, 'elsewhere'));
  });

  it('gives the database where none is named, and all of it or nothing', () => {
    expect(databaseEnvironment({ HOME: '/home/ada' }, dataDir)).toEqual({ HOME: '/home/ada', ...saved });
    for (const name of ['DATABASE_URL', 'DATABASE_SYSTEM_URL_FILE', 'SECRETS_KEY', 'DATABASE_ADMIN_URL']) {
      expect(databaseEnvironment({ [name]: 'given' }, dataDir)).toEqual({ [name]: 'given' });
    }
    expect(databaseEnvironment({}, null)).toEqual({});
  });

  it('is none without its file, and a sentence when the file is damaged', () => {
    expect(readDemo(path.join(folder, 'nowhere'))).toBeNull();
    expect(readDemo(dataDir)).toMatchObject({ serverKey: 'psk_x' });
    writeFileSync(path.join(dataDir, 'demo.json'), '{"url": 5}');
    expect(() => readDemo(dataDir)).toThrow('damaged');
  });
});
