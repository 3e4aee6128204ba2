import { Module } from '@nestjs/common';
import { KeysModule, SettingsModule, TenantsModule } from '@parley/domain/tenants';
import { UserBanRepository } from './user-ban.repository';
import { UserBanService } from './user-ban.service';
import { UserRepository } from './user.repository';
import { UserService } from './user.service';

@Module({
  imports: [KeysModule, SettingsModule, TenantsModule],
  providers: [UserRepository, UserBanRepository, UserService, UserBanService],
  exports: [UserService, UserBanService],
})
export class UsersModule {}
