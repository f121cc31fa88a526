import { expect, test } from 'vitest';
import { isNoise, isSecret } from './secrets.ts';

test.each([
  ...[
    '.env',
    'api/.env',
    '.env.local',
    '.env.production',
    'prod.env',
    'server.pem',
    'a/b/tls.key',
    'id_rsa',
    'id_rsa.bak',
  ],
  ...[
    'keys/id_ed25519',
    'x.p12',
    'x.PFX',
    '.npmrc',
    '.netrc',
    '.pypirc',
    'credentials.json',
    'home/.aws/credentials',
    '.git/config',
  ],
  ...['.ssh/config', 'deep/down/.ssh/known_hosts', 'api\\.env', '.ENV', 'service-account-prod.json', 'a\n/.env'],
])('%j is a secret', (path) => expect(isSecret(path)).toBe(true));

test.each([
  ...[
    '.env.example',
    '.env.sample',
    '.env.template',
    '.env.local.example',
    'src/env.ts',
    'environment.ts',
    'src/key.ts',
  ],
  ...[
    'pem.md',
    'aws/credentials',
    'credentials.json.md',
    'xid_rsa',
    'src/.environment',
    '',
    'keys/',
    '.env.d/readme.md',
  ],
])('%j is none', (path) => expect(isSecret(path)).toBe(false));

test('a very long name is no burden', () => {
  expect(isSecret('.env.'.repeat(200_000) + '/x')).toBe(false);
});

test('lock files and minified bundles are noise', () => {
  const paths = ['package-lock.json', 'web/yarn.lock', 'dist/app.min.js', 'a.js.map', 'go.sum'];
  expect(paths.filter(isNoise)).toEqual(paths);
  expect(['src/lock.ts', 'map.js', 'min.js', 'site.map'].filter(isNoise)).toEqual([]);
});
