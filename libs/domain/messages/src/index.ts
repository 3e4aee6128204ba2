export { MessageService, type SendInput } from './message.service';
export { MessagesModule } from './messages.module';
