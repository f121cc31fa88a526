import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { addressGuard, isPrivate } from './addressGuard.ts';
import { isLocal, linkAddress, scopeOf } from './siteScope.ts';

/** What a name leads to, one lookup after the other. */
function lookups(...answers: readonly (readonly string[])[]): (all?: boolean) => unknown {
  let next = 0;
  const guard = addressGuard((_, _options, done) => {
    const addresses = answers[next++]!.map((address): LookupAddress => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    done(null, addresses);
  });
  return (all = false) => {
    let said: unknown;
    guard.lookup('docs.example.com', { all }, (error, address) => (said = error ? error.message : address));
    return said;
  };
}
const REFUSED = 'docs.example.com leads into a private network';

test('a public site cannot lead into a private network later', () => {
  const look = lookups(['93.184.216.34'], ['127.0.0.1'], ['::ffff:10.0.0.1', '169.254.169.254'], ['2606:2800::1']);
  expect([look(), look(), look(), look()]).toEqual(['93.184.216.34', REFUSED, REFUSED, '2606:2800::1']);
});

test('of public and private addresses only the public ones are used', () => {
  expect(lookups(['10.0.0.1', '93.184.216.34'])(true)).toEqual([{ address: '93.184.216.34', family: 4 }]);
});

test('a site of a private network can be read', () => {
  const look = lookups(['10.1.2.3'], ['10.1.2.4']);
  expect([look(), look()]).toEqual(['10.1.2.3', '10.1.2.4']);
});

test.each([
  ...[
    '127.0.0.1',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ],
  ...['::1', '::', 'fe80::1', 'fd00::1', '::ffff:192.168.0.1', 'ff02::1', 'no address'],
])('%s is private', (address) => expect(isPrivate(address)).toBe(true));

test.each(['93.184.216.34', '172.32.0.1', '11.0.0.1', '2606:2800::1', '::ffff:8.8.8.8'])('%s is public', (address) =>
  expect(isPrivate(address)).toBe(false),
);

test.each([
  ['http://localhost:3000/', true],
  ['http://docs.localhost/', true],
  ['http://127.0.0.1/', true],
  ['http://[::1]:8080/', true],
  ['http://127.example.com/', false],
  ['http://localhost.example.com/', false],
  ['http://192.168.0.1/', false],
])('%s is on this machine: %s', (url, expected) => expect(isLocal(new URL(url))).toBe(expected));

test.each([
  ['/docs/b', true],
  ['/docs/deep/c?x=1', true],
  ['/docs/', true],
  ['/docs', false],
  ['/docs2/', false],
  ['/docs/../other', false],
  ['/docs/%2e%2e/other', false],
  ['/docs/logo.png', false],
  ['/docs/print.html', false],
  ['/docs/_sources/a.rst.txt', false],
  ['/docs/search.html.md', true],
  ['https://docs.example.com:444/docs/b', false],
  ['http://docs.example.com/docs/b', false],
])('%s belongs to the site: %s', (link, expected) => {
  expect(scopeOf(new URL('https://docs.example.com/docs/a')).has(new URL(link, 'https://docs.example.com/').href)).toBe(
    expected,
  );
});

test('an address has one form, and a length', () => {
  expect(linkAddress('b/../c#part', 'https://docs.example.com:443/a/')).toBe('https://docs.example.com/a/c');
  expect(linkAddress('x'.repeat(3_000), 'https://docs.example.com/')).toBeUndefined();
});
