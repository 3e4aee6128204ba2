export { SyncModule } from './sync.module';
export { SyncService } from './sync.service';
