// The package ships types for its storage, but not beside the file that can be imported.
declare module 'class-transformer/cjs/storage' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage';
}
