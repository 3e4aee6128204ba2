import { Module } from '@nestjs/common';
import { KeysModule, SettingsModule } from '@parley/domain/tenants';
import { UserRepository } from './user.repository';
import { UserService } from './user.service';

@Module({
  imports: [KeysModule, SettingsModule],
  providers: [UserRepository, UserService],
  exports: [UserService],
})
export class UsersModule {}
