import { renderStartPage } from './start-page';

describe('the start page', () => {
  const html = renderStartPage({
    url: 'http://localhost:3000',
    parts: [{ name: 'api', what: 'REST', state: 'up' }],
    chatLines: ['PARLEY_DATA_DIR=/a<b npx parley chat --as ada'],
  });

  it('tells what runs and what to try', () => {
    expect(html).toContain('<span class="up">up</span>');
    expect(html).toContain('PARLEY_DATA_DIR=/a&lt;b npx parley chat --as ada');
    expect(html).toContain('href="/docs"');
  });

  it('loads nothing from anywhere', () => {
    expect(html).not.toMatch(/src=|url\(|@import|href="(?!\/)/);
  });
});
