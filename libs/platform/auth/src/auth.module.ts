import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { Egress } from '@parley/platform/egress';
import { Log } from '@parley/platform/telemetry';
import { AuthGuard } from './auth.guard';
import { JwksReader } from './jwks/jwks-reader';
import { PublishedKeys } from './jwks/published-keys';
import { KeyStore } from './key-store';
import { OperatorKeyVerifier } from './operator-key-verifier';
import { SecretBox } from './secret-box';
import { SecretsModule, type SecretsOptions } from './secrets.module';
import { ServerKeyVerifier } from './server-key-verifier';
import { TokenVerifier } from './token-verifier';
import { UserStates } from './user-states';

/**
 * Verification of tokens and keys for the whole process, which has `EgressModule` too: the keys of some tenants are
 * published at a URL. An app with HTTP routes binds `AuthGuard` as APP_GUARD.
 */
@Global()
@Module({})
export class AuthModule {
  static forRoot(options: SecretsOptions): DynamicModule {
    return {
      module: AuthModule,
      imports: [SecretsModule.forRoot(options)],
      providers: [
        { provide: UserStates, useFactory: (db: Db) => new UserStates(db), inject: [Db] },
        {
          provide: KeyStore,
          useFactory: (db: Db, box: SecretBox) => new KeyStore(db, box),
          inject: [Db, SecretBox],
        },
        { provide: JwksReader, useFactory: (egress: Egress) => new JwksReader(egress), inject: [Egress] },
        {
          provide: PublishedKeys,
          useFactory: (db: Db, reader: JwksReader, log: Log) => new PublishedKeys(db, reader, log),
          inject: [Db, JwksReader, Log],
        },
        {
          provide: TokenVerifier,
          useFactory: (secrets: KeyStore, published: PublishedKeys, users: UserStates) =>
            new TokenVerifier({ secrets, published }, users),
          inject: [KeyStore, PublishedKeys, UserStates],
        },
        {
          provide: ServerKeyVerifier,
          useFactory: (keys: KeyStore, users: UserStates) => new ServerKeyVerifier(keys, users),
          inject: [KeyStore, UserStates],
        },
        {
          provide: OperatorKeyVerifier,
          useFactory: (keys: KeyStore) => new OperatorKeyVerifier(keys),
          inject: [KeyStore],
        },
        AuthGuard,
      ],
      exports: [SecretsModule, JwksReader, TokenVerifier, ServerKeyVerifier, OperatorKeyVerifier, AuthGuard],
    };
  }
}
