export { decodeCursor, pageOf } from './cursor';
