export type { Actor, OperatorActor, ServerActor, UserActor } from './actor';
export { authConfig } from './auth.config';
export { AuthGuard } from './auth.guard';
export { AuthModule } from './auth.module';
export {
  apiKeyHash,
  kidPattern,
  newKid,
  newOperatorKey,
  newServerKey,
  newSigningSecret,
  serverKeyPattern,
} from './credentials';
export { CurrentActor, CurrentOperator } from './current-actor.decorator';
export { ForOperators, operatorRouteKey } from './for-operators.decorator';
export { JwksError, JwksReader } from './jwks/jwks-reader';
export { mintToken, type MintingKey, type TokenRequest } from './mint-token';
export { Public, publicRouteKey } from './public.decorator';
export type { AuthenticatedRequest } from './request-actor';
export { isRevokedBy, readRevocations } from './revocation';
export { assertOperatorScope, assertScope, requireUser } from './scope';
export { SecretBox, SecretBoxError } from './secret-box';
export { SecretsModule } from './secrets.module';
export { ServerKeyVerifier } from './server-key-verifier';
export { signingSecretPlace } from './signing-key';
export { TokenVerifier } from './token-verifier';
