export { MessageService, type SendInput } from './message.service';
export { MessagesModule } from './messages.module';
export { SendCount } from './send-count';
