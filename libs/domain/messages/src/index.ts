export { forgetRevisions } from './forget-revisions';
export { MessageChangeService } from './message-change.service';
export { MessageService, type SendInput } from './message.service';
export { MessagesModule } from './messages.module';
export { PinService } from './pin.service';
export { RevisionService } from './revision.service';
export { SendCount } from './send-count';
