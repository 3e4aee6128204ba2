import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { renderBenchmarks } from '../bench/render.mjs';
import { limitsDocs } from './limits-docs.mjs';
import { permissionsDocs } from './permissions-docs.mjs';
import { root } from './support.mjs';
import { wireSchemas } from './wire-schemas.mjs';

const require = createRequire(import.meta.url);

/** The compiled module of a source file: `fromDist('libs/platform/config/src/index')`. */
function fromDist(source) {
  return require(path.join(root, 'dist', `${source}.js`));
}

const productionApps = ['api', 'gateway', 'worker', 'cli'];
const allApps = [...productionApps, 'launcher'];

/** What each app lists in its `<app>.config.ts`: an export of the form `{ app, sections }`. */
function configurationsOf(apps) {
  return apps
    .map((app) => `apps/${app}/src/${app}.config`)
    .filter((source) => existsSync(path.join(root, 'dist', `${source}.js`)))
    .flatMap((source) => Object.values(fromDist(source)))
    .filter((value) => typeof value?.app === 'string' && Array.isArray(value.sections));
}

function config() {
  return fromDist('libs/platform/config/src/index');
}

function apiWireSchemas() {
  const { controllers } = fromDist('apps/api/src/controllers');
  return wireSchemas(fromDist('apps/api/src/openapi/document').wireTypesOf(controllers));
}

function socketSchemas() {
  return wireSchemas(fromDist('apps/api/src/asyncapi/document').socketTypes);
}

function asyncApi() {
  return fromDist('apps/api/src/asyncapi/document').asyncApiDocument(socketSchemas());
}

function openApi() {
  const { controllers } = fromDist('apps/api/src/controllers');
  return fromDist('apps/api/src/openapi/document').openApiDocument(controllers, apiWireSchemas());
}

function scopes() {
  const { controllers } = fromDist('apps/api/src/controllers');
  return fromDist('apps/api/src/openapi/scopes').renderScopes(controllers);
}

function limitTables() {
  const { settings } = fromDist('apps/gateway/src/gateway.config').gatewayConfig;
  const bounds = [settings.socketsPerAddress, settings.handshakesPerAddress, settings.handshakesMax];
  return limitsDocs(fromDist('libs/contracts/src/wire/index'), bounds);
}

/** Every policy, under the name by which the tables know it. */
function permissionTables() {
  const policy = (name) => fromDist(`libs/domain/${name}.policy`);
  const policies = {
    participants: policy('participants/src/participant'),
    conversations: policy('conversations/src/conversation'),
    messages: policy('messages/src/message'),
    mentions: policy('messages/src/mention'),
    pins: policy('messages/src/pin'),
    reactions: policy('reactions/src/reaction'),
    users: policy('users/src/user'),
    presence: policy('presence/src/presence'),
    audit: policy('audit/src/audit'),
    keys: policy('tenants/src/key'),
    settings: policy('tenants/src/settings'),
    imports: policy('imports/src/import'),
  };
  return permissionsDocs(policies, fromDist('libs/contracts/src/wire/index'));
}

/**
 * Every generated file that is committed: its path, and its text from the compiled sources. `generate` may be
 * asynchronous; Markdown and JSON are formatted afterwards.
 */
export const generators = [
  {
    file: 'env.production.example',
    generate: () => config().renderEnvExample(configurationsOf(productionApps)),
  },
  { file: 'docs/configuration.md', generate: () => config().renderConfigDocs(configurationsOf(allApps)) },
  { file: 'docs/limits.md', generate: limitTables },
  { file: 'docs/permissions.md', generate: permissionTables },
  { file: 'apps/api/src/openapi/wire-schemas.json', generate: () => JSON.stringify(apiWireSchemas()) },
  {
    file: 'docs/benchmarks.md',
    generate: () => renderBenchmarks(path.join(root, 'bench', 'results')),
  },
  { file: 'docs/scopes.md', generate: scopes },
  { file: 'docs/openapi.json', generate: () => JSON.stringify(openApi()) },
  { file: 'apps/api/src/asyncapi/socket-schemas.json', generate: () => JSON.stringify(socketSchemas()) },
  { file: 'docs/asyncapi.json', generate: () => JSON.stringify(asyncApi()) },
  {
    file: 'docs/reference.md',
    generate: () => fromDist('apps/api/src/asyncapi/reference').renderReference(socketSchemas()),
  },
];
