import { z } from 'zod';
import { defineConfig, renderConfigDocs, renderEnvExample, setting } from './index';

const files = defineConfig('files', {
  secretKey: setting({ env: 'S3_SECRET_KEY', schema: z.string().min(16), secret: true, doc: 'The key.' }),
  region: setting({ env: 'S3_REGION', schema: z.string(), default: 'eu-1', doc: 'The region.' }),
  endpoint: setting({
    env: 'S3_ENDPOINT',
    schema: z.url(),
    optional: true,
    doc: 'The endpoint.',
    example: 'https://s3.example.com',
  }),
});
const configurations = [
  { app: 'api', sections: [files] },
  { app: 'worker', sections: [files] },
];

describe('the generated configuration pages', () => {
  it('leave open in the example what must be set, and comment out the rest', () => {
    const lines = renderEnvExample(configurations).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['S3_SECRET_KEY=', '#S3_REGION=eu-1', '#S3_ENDPOINT=https://s3.example.com']),
    );
    expect(lines).toContain('# ---- files (api, worker) ----');
  });

  it('document each variable once, under the anchor that the errors name', () => {
    const docs = renderConfigDocs(configurations);
    expect(docs).toContain('| <a id="s3_region"></a>`S3_REGION` | text | default eu-1 | The region. |');
    expect(docs).toContain('Read by: api, worker.');
    expect(docs.split('`S3_SECRET_KEY`')).toHaveLength(2);
  });

  it('refuse two sections of one name', () => {
    const other = defineConfig('files', {});
    expect(() => renderConfigDocs([...configurations, { app: 'cli', sections: [other] }])).toThrow('"files"');
  });
});
