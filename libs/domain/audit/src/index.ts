export { AuditModule } from './audit.module';
export { AuditService } from './audit.service';
export { recordAct, type Act } from './record-act';
