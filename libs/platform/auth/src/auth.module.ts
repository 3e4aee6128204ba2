import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Db } from '@parley/platform/database';
import { AuthGuard } from './auth.guard';
import { KeyStore } from './key-store';
import { OperatorKeyVerifier } from './operator-key-verifier';
import { SecretBox } from './secret-box';
import { ServerKeyVerifier } from './server-key-verifier';
import { TokenVerifier } from './token-verifier';
import { UserStates } from './user-states';

export interface AuthOptions {
  secretsKey: string;
  secretsKeyPrevious?: string | undefined;
}

/** Verification of tokens and keys for the whole process. An app with HTTP routes binds `AuthGuard` as APP_GUARD. */
@Global()
@Module({})
export class AuthModule {
  static forRoot(options: AuthOptions): DynamicModule {
    return {
      module: AuthModule,
      providers: [
        {
          provide: SecretBox,
          useFactory: () => new SecretBox(options.secretsKey, options.secretsKeyPrevious),
        },
        { provide: UserStates, useFactory: (db: Db) => new UserStates(db), inject: [Db] },
        {
          provide: KeyStore,
          useFactory: (db: Db, box: SecretBox) => new KeyStore(db, box),
          inject: [Db, SecretBox],
        },
        {
          provide: TokenVerifier,
          useFactory: (keys: KeyStore, users: UserStates) => new TokenVerifier(keys, users),
          inject: [KeyStore, UserStates],
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
      exports: [SecretBox, TokenVerifier, ServerKeyVerifier, OperatorKeyVerifier, AuthGuard],
    };
  }
}
