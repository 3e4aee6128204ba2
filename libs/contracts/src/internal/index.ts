export * from './bus/bus.types';
