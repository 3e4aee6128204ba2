export { ImportService } from './import.service';
export { ImportsModule } from './imports.module';
