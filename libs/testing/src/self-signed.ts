import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key and its certificate as PEM, for a TLS server of a test. */
export interface SelfSigned {
  key: string;
  cert: string;
}

const sequence = 0x30;
const ecdsaWithSha256 = der(sequence, Buffer.from('06082a8648ce3d040302', 'hex'));

/** A certificate that signs itself, for these names, from an hour ago until tomorrow. */
export function selfSigned(...names: string[]): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = der(
    sequence,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    nameOf('test'),
    der(sequence, timeOf(-3_600_000), timeOf(86_400_000)),
    nameOf('test'),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, der(sequence, alternativeNames(names))),
  );
  const signature = createSign('sha256').update(content).sign(privateKey);
  const certificate = der(sequence, content, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.of(tag, ...head), value]);
}

function nameOf(commonName: string): Buffer {
  const attribute = der(sequence, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)));
  return der(sequence, der(0x31, attribute));
}

function timeOf(fromNowMs: number): Buffer {
  const digits = new Date(Date.now() + fromNowMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function alternativeNames(names: string[]): Buffer {
  const entries = names.map((name) => der(0x82, Buffer.from(name)));
  return der(sequence, Buffer.from('0603551d11', 'hex'), der(0x04, der(sequence, ...entries)));
}
