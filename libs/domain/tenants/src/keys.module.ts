import { Module } from '@nestjs/common';
import { KeyService } from './key.service';
import { TenantsModule } from './tenants.module';

/** For processes whose requests manage keys: revoking one is published. */
@Module({ imports: [TenantsModule], providers: [KeyService], exports: [KeyService] })
export class KeysModule {}
