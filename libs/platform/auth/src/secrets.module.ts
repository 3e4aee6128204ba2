import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SecretBox } from './secret-box';

export interface SecretsOptions {
  secretsKey: string;
  secretsKeyPrevious?: string | undefined;
}

/** Provides `SecretBox` to the whole process. */
@Global()
@Module({})
export class SecretsModule {
  static forRoot({ secretsKey, secretsKeyPrevious }: SecretsOptions): DynamicModule {
    const box = { provide: SecretBox, useFactory: () => new SecretBox(secretsKey, secretsKeyPrevious) };
    return { module: SecretsModule, providers: [box], exports: [SecretBox] };
  }
}
