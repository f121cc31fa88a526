import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitDoc } from '#core/search/docSections.ts';
import { pageMarkdown, type PageText } from './pageMarkdown.ts';

const URL_OF_PAGE = 'https://docs.example.com/guide/retry';
const read = (html: string): PageText => pageMarkdown({ url: URL_OF_PAGE, type: 'html', text: html });
const markdown = (body: string): string => read(`<main><h1>T</h1>${body}</main>`).markdown.replace(/^# T\s*/, '');

describe('what a page is about', () => {
  const AROUND = `<!doctype html><title>Retries – Site</title><header>Banner</header><nav><a href="other">Menu</a></nav>
    <div role="search">Search <input></div>`;

  test('is what stands in main', () => {
    const page = read(`${AROUND}<main><nav>Crumbs</nav><h1>Retries<a class="headerlink" href="#r">¶</a></h1>
      <p>Uploads are <b>retried</b> five times.</p><script>alert(1)</script><button>Copy</button></main><footer>Imprint</footer>`);
    expect(page).toEqual({
      title: 'Retries',
      markdown: '# Retries\n\nUploads are **retried** five times.',
      links: ['https://docs.example.com/guide/other', 'https://docs.example.com/guide/retry'].slice(0, 2),
    });
  });

  test('is the only article in it', () => {
    expect(
      read(`${AROUND}<main><aside>On this page</aside><article><h1>A</h1><p>Long enough text.</p></article></main>`)
        .markdown,
    ).toBe('# A\n\nLong enough text.');
    expect(read('<main><article><p>One.</p></article><article><p>Two.</p></article></main>').markdown).toContain(
      'Two.',
    );
  });

  test('is everything but what surrounds it where nothing is marked', () => {
    expect(read(`${AROUND}<div class="x"><h2>Part</h2><p>Text.</p></div><footer>Imprint</footer>`).markdown).toBe(
      '# Retries – Site\n\n## Part\n\nText.',
    );
  });

  test('stays where main is nearly empty, or all is in a form', () => {
    expect(read(`<main><p>x</p></main><div>${'<p>The text of the page.</p>'.repeat(5)}</div>`).markdown).toContain(
      'The text',
    );
    expect(read('<form><h1>Old</h1><p>Text.</p><input name="q"></form>').markdown).toBe('# Old\n\nText.');
    expect(read('<main><h1>New</h1><form><label>Was this helpful?</label></form></main>').markdown).toBe('# New');
  });

  test('has a title in any case', () => {
    expect(read('<title>\n Two\n words </title><p>x</p>').title).toBe('Two words');
    expect(read('<p>x</p>').title).toBe('retry');
    expect(pageMarkdown({ url: 'https://docs.example.com/', type: 'html', text: '<p>x</p>' }).title).toBe(
      'docs.example.com',
    );
    expect(read('<h1>a\u202Eb\u0000</h1>').title).toBe('a b');
  });
});

describe('text', () => {
  test.each([
    ['names are written as they are', '<p>set max_tries *now* [x] &lt;T&gt;</p>', 'set max_tries *now* [x] <T>'],
    [
      'text that looks like a heading is none',
      '<p># not a heading</p><p>``` no fence</p>',
      '\\# not a heading\n\n\\``` no fence',
    ],
    ['headings are kept in one line', '<h2>Two\n<br>lines</h2>', '## Two lines'],
    ['links are their words', '<p>see <a href="javascript:x">the page</a><a href="#p">#</a></p>', 'see the page'],
    ['images are what they are called', '<p><img src="x" onerror="x" alt="A diagram"> <img src="y"></p>', 'A diagram'],
    ['code in a line is code', '<p>call <code>a`b_c</code></p>', 'call ``a`b_c``'],
    ['lists are lists', '<ul><li>one<ul><li>deep</li></ul></li><li>two</li></ul>', '-   one\n    -   deep\n-   two'],
    ['hidden text is left out', '<p>seen</p><p hidden>gone</p><span aria-hidden="true">gone</span>', 'seen'],
    [
      'tables are rows',
      '<table><thead><tr><th>Name</th><th>What | for</th></tr></thead><tbody><tr><td><code>tries</code></td><td><p>How\noften</p></td></tr></tbody></table>',
      '| Name | What \\| for |\n| --- | --- |\n| `tries` | How often |',
    ],
    ['definitions are paragraphs', '<dl><dt>retry(n)</dt><dd><p>Again.</p></dd></dl>', 'retry(n)\n\nAgain.'],
  ])('%s', (_, html, expected) => expect(markdown(html)).toBe(expected));
});

describe('code', () => {
  test.each([
    ['plain', '<pre>a\n  b</pre>', '```\na\n  b\n```'],
    [
      'of Sphinx',
      '<div class="highlight-python notranslate"><div class="highlight"><pre><span>def</span> f():\n    pass\n</pre></div></div>',
      '```python\ndef f():\n    pass\n```',
    ],
    [
      'of Docusaurus',
      '<pre class="prism-code language-ts"><code><span class="token-line">const a = 1;<br></span><span class="token-line">  b();<br></span></code></pre>',
      '```ts\nconst a = 1;\n  b();\n```',
    ],
    [
      'with a line in each element',
      '<pre><code class="language-sh"><div>one</div><div>two</div></code></pre>',
      '```sh\none\ntwo\n```',
    ],
    ['of GitHub', '<div class="highlight highlight-source-shell"><pre>npm ci</pre></div>', '```shell\nnpm ci\n```'],
    [
      'with line numbers',
      '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td><td class="code"><pre>x\ny</pre></td></tr></table>',
      '```\nx\ny\n```',
    ],
    ['that holds fences', '<pre>```js\nx\n```</pre>', '````\n```js\nx\n```\n````'],
    ['that is empty', '<pre> \n </pre><p>x</p>', 'x'],
  ])('%s', (_, html, expected) => expect(markdown(html)).toBe(expected));
});

test('links are those of the page, each once, and only of the web', () => {
  const { links } = read(`<base href="/other/"><a href="a#x">a</a><a href="a">a</a><a href="//cdn.example.com/b">b</a>
    <a href="javascript:alert(1)">x</a><a href="mailto:me@example.com">m</a><a href="https://me:pw@example.com/">p</a>
    <a href="http://[broken">x</a><a href="command:evil">c</a><a>none</a><nav><a href="in-menu">menu</a></nav>`);
  expect(links).toEqual([
    'https://docs.example.com/other/a',
    'https://cdn.example.com/b',
    'https://docs.example.com/other/in-menu',
  ]);
});

test('Markdown is taken as it is, its links and its heading too', () => {
  const text = '# Name  \r\n\r\n\r\n\r\n[a](b.md "t") ![i](c.png) <x@y>\u0007';
  expect(pageMarkdown({ url: 'https://docs.example.com/m.md', type: 'markdown', text })).toEqual({
    title: 'Name',
    markdown: '# Name\n\n[a](b.md "t") ![i](c.png) <x@y>',
    links: ['https://docs.example.com/b.md', 'https://docs.example.com/c.png'],
  });
});

test('the docs index finds the sections of a page', () => {
  const { markdown: text } = read(
    '<main><h1>Guide</h1><p>One.</p><h2>Retry</h2><p>Two.</p><pre># no heading</pre></main>',
  );
  expect(splitDoc('a.md', `---\ntitle: "Guide"\nsource: x\n---\n\n${text}\n`).map(({ headings }) => headings)).toEqual([
    ['Guide'],
    ['Guide', 'Retry'],
  ]);
});

describe('hostile pages', () => {
  test.each([
    [
      'scripts',
      '<script>globalThis.hurt = 1</script><img src=x onerror="globalThis.hurt = 1"><svg onload="globalThis.hurt = 1"></svg><body onload="globalThis.hurt = 1"><iframe srcdoc="<script>globalThis.hurt=1</script>"></iframe><p>seen</p>',
    ],
    ['frames and objects', '<object data="x">gone</object><embed src="x"><p>seen</p>'],
    ['unclosed tags', '<main><h1>Open<p>seen<div><span><b><i>'],
    ['crossed tags', '<b><p>seen</b></p></i></table></main></body></html>'],
    ['names that are none', '<x<y z="1"<><p>se<q"q>en</q"q></p>'],
    ['nothing closed at all', '<p>seen<!-- no end'],
    ['the end of the element that Turndown puts around pages', '</x-turndown></body></html><p>seen</p>'],
  ])('with %s', (_, html) => {
    const { markdown: text } = read(html);
    expect(text).toContain('seen');
    expect(text).not.toMatch(/hurt|gone|<|onerror/);
    expect((globalThis as { hurt?: number }).hurt).toBeUndefined();
  });

  test('of any kind give text without control characters', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '<p>',
      '</p>',
      '<pre>',
      '<main>',
      '</main>',
      '<table>',
      '<tr><td>',
      '<a href="',
      '">',
      '<!--',
      '-->',
      '&#0;',
      '&lt;',
      '\u202e',
      '\ud800',
      '\0',
      '```',
      'x',
      ' ',
      '\n',
      '<h1>',
      '<li>',
      '<title>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const page = read(parts.join(''));
        expect(page.markdown).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
        expect(page.markdown.isWellFormed() && page.title.isWellFormed()).toBe(true);
        expect(page.title).toMatch(/^[^\n\u202e]+$/);
      }),
      { numRuns: 300 },
    );
  });
});
