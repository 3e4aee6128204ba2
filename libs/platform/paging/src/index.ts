export { decodeCursor, encodeCursor, pageOf } from './cursor';
