export { UserService } from './user.service';
export { UsersModule } from './users.module';
