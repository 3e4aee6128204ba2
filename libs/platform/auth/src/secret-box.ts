import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const version = 1;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + keyIdBytes + nonceBytes + tagBytes;

interface MasterKey {
  id: Buffer;
  key: Buffer;
}

/** A sealed secret that none of the configured keys opens, or that was tampered with. */
export class SecretBoxError extends Error {}

/**
 * Secrets at rest: AES-256-GCM under SECRETS_KEY. A sealed secret is version (1 byte), id of the key (4), nonce (12),
 * tag (16), ciphertext. `place` says what the secret is of (tenant and key): a sealed secret that was copied to another
 * place does not open there.
 */
export class SecretBox {
  private readonly current: MasterKey;
  private readonly keys: MasterKey[];

  /** Keys of 32 bytes in base64. What the previous key sealed still opens. */
  constructor(secretsKey: string, previousKey?: string) {
    this.current = masterKey(secretsKey);
    this.keys = previousKey === undefined ? [this.current] : [this.current, masterKey(previousKey)];
  }

  seal(secret: Buffer, place: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.current.key, nonce).setAAD(Buffer.from(place));
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([Buffer.of(version), this.current.id, nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** @throws SecretBoxError when it was sealed for another place or by an unknown key, or is damaged */
  open(sealed: Buffer, place: string): Buffer {
    if (sealed.length < headerBytes || sealed[0] !== version)
      throw new SecretBoxError('This is no sealed secret.');
    const keyId = sealed.subarray(1, 1 + keyIdBytes);
    const master = this.keys.find((candidate) => candidate.id.equals(keyId));
    if (master === undefined) {
      throw new SecretBoxError(
        'A secret in the database was sealed by another SECRETS_KEY than the configured ones.',
      );
    }
    const nonce = sealed.subarray(1 + keyIdBytes, 1 + keyIdBytes + nonceBytes);
    const tag = sealed.subarray(headerBytes - tagBytes, headerBytes);
    const decipher = createDecipheriv('aes-256-gcm', master.key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(place))
      .setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(sealed.subarray(headerBytes)), decipher.final()]);
    } catch (cause) {
      throw new SecretBoxError('A sealed secret is damaged or was moved to another place.', { cause });
    }
  }
}

function masterKey(base64: string): MasterKey {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new SecretBoxError('SECRETS_KEY must be 32 bytes in base64.');
  return { id: createHash('sha256').update(key).digest().subarray(0, keyIdBytes), key };
}
