import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWK } from 'jose';
import type { EgressOptions } from '@parley/platform/egress';
import { selfSigned } from './self-signed';

export type KeyAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

/** A key of a host product, whose private half Parley never sees. */
export class HostKey {
  private readonly pair: { publicKey: KeyObject; privateKey: KeyObject };

  constructor(
    readonly algorithm: KeyAlgorithm = 'ES256',
    readonly kid: string = randomUUID(),
  ) {
    this.pair = newPair(algorithm);
  }

  get jwk(): JWK {
    return { ...(this.pair.publicKey.export({ format: 'jwk' }) as JWK), kid: this.kid };
  }

  async token(tenantId: string, userId: string, claims: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ tid: tenantId, sub: userId, iat: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg: this.algorithm, kid: this.kid })
      .sign(this.pair.privateKey);
  }
}

function newPair(algorithm: KeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (algorithm) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2_048 });
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
  }
}

/** Publishes keys over https, as a host product does, at any path. */
export class KeyServer {
  /** Every path that was asked for. */
  readonly requests: string[] = [];
  /** What it answers with instead of keys. */
  failure: { status: number; body: string } | undefined;
  private readonly published = new Map<string, HostKey[]>();

  private constructor(
    private readonly server: Server,
    private readonly cert: string,
  ) {}

  static async start(): Promise<KeyServer> {
    const tls = selfSigned('keys.test');
    const server = createServer(tls);
    const keyServer = new KeyServer(server, tls.cert);
    server.on('request', ({ url = '' }, response) => {
      keyServer.requests.push(url);
      const keys = (keyServer.published.get(url) ?? []).map(({ jwk }) => jwk);
      const { status, body } = keyServer.failure ?? { status: 200, body: JSON.stringify({ keys }) };
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return keyServer;
  }

  /** Replaces what is published at the path; where that is. */
  publish(path: string, ...keys: HostKey[]): string {
    this.published.set(path, keys);
    return `https://keys.test:${this.port}${path}`;
  }

  /** How an egress client of a test reaches it. */
  get egress(): EgressOptions {
    return {
      resolve: () => Promise.resolve(['127.0.0.1']),
      permitted: [`127.0.0.1:${this.port}`],
      ca: this.cert,
    };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}
