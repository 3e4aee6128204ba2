export { UserService } from './user.service';
export { UsersModule } from './users.module';
export { UserBanService } from './user-ban.service';
