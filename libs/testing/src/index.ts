export { RestError, startSystem, type System } from './system';
export { SystemProcess } from './system-process';
export { Domain, RecordingPublisher, RecordingPublisherModule, serverActor, userActor } from './domain';
export { createConversation, createTenant, dbOptions, openDb } from './factories';
export { freePort } from '@parley/platform/embedded';
export { testDatabase, testRedis, type TestDatabase, type TestRedis } from './test-environment';
export { waitFor, type WaitOptions } from './wait-for';
export { slackHistory, type SlackHistorySize } from './slack-history';
export { zipFolder, zipOf } from './zip';
