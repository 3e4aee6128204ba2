import { EgressError, type Egress } from '@parley/platform/egress';
import { readPublicKeys, type PublicKeys } from './public-keys';

const timeoutMs = 5_000;
const maxBytes = 128 * 1024;
const okStatus = 200;

/** Why the keys at a URL cannot be used. The message may be shown to whoever chose the URL. */
export class JwksError extends Error {}

/** Fetches the public keys that a tenant publishes. */
export class JwksReader {
  constructor(private readonly egress: Pick<Egress, 'request'>) {}

  /** @throws JwksError */
  async read(url: string, tenantId: string): Promise<PublicKeys> {
    const headers = { accept: 'application/jwk-set+json, application/json' };
    try {
      const request = { url, purpose: 'jwks', owner: tenantId, headers, timeoutMs, maxBytes };
      const { status, body } = await this.egress.request(request);
      if (status !== okStatus) throw new JwksError(`It answers with the status ${status}.`);
      const keys = readPublicKeys(body.toString());
      if (keys.size === 0) throw new JwksError('It has no key with a kid for RS256, ES256 or EdDSA.');
      return keys;
    } catch (cause) {
      if (cause instanceof EgressError) throw new JwksError(cause.message, { cause });
      if (cause instanceof SyntaxError) throw new JwksError('It answers with no JWK Set.', { cause });
      throw cause;
    }
  }
}
