import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaunchError } from './launch.error';
import { loadSecrets } from './secrets';

describe('the secrets of a data folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parley-secrets-'))));
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are made once, for this user alone', () => {
    const made = loadSecrets(folder);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(loadSecrets(folder)).toEqual(made);
    expect(Buffer.from(made.secretsKey, 'base64')).toHaveLength(32);
    expect(made.demoServerKey).toMatch(/^psk_[A-Za-z0-9_-]{43}$/);
    expect(made.demoSigningKid).toMatch(/^pk_[A-Za-z0-9_-]{22}$/);
  });

  it.each([
    ['no JSON', '{"secretsKey": "x'],
    ['not an object', 'null'],
    ['incomplete', '{"secretsKey": "x"}'],
  ])('are never replaced when the file is damaged: %s', (_, content) => {
    const file = join(folder, 'secrets.json');
    writeFileSync(file, content);
    expect(() => loadSecrets(folder)).toThrow(LaunchError);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});
