import { Module } from '@nestjs/common';
import { TenantsModule } from '@parley/domain/tenants';
import { UserRepository } from './user.repository';
import { UserService } from './user.service';

@Module({
  imports: [TenantsModule],
  providers: [UserRepository, UserService],
  exports: [UserService],
})
export class UsersModule {}
