/**
 * Files that no tool may show, and files that are not worth searching.
 *
 * Both lists are data: the grep adapter hands them to ripgrep as globs, every tool asks `isSecret` before it opens a
 * file. A glob is a file name, or the end of a path, in which `*` stands for any characters but `/`; case is ignored.
 */

/** Whether a workspace path names a file that commonly holds passwords, tokens or private keys. */
export const isSecret = (path: string): boolean => {
  const name = lastTwo(path);
  return SECRET.test(name) && !SAMPLE.test(name);
};

/** Whether a workspace path names a generated file that is not worth searching: a lock file, a minified bundle. */
export const isNoise = (path: string): boolean => NOISE.test(lastTwo(path));

export const SECRET_GLOBS: readonly string[] = [
  '.env',
  '.env.*',
  '.envrc',
  '*.env',
  '*.pem',
  '*.key',
  '*.p8',
  '*.p12',
  '*.pfx',
  '*.ppk',
  '*.jks',
  '*.keystore',
  '*.kdbx',
  '*.tfstate',
  '*.tfstate.backup',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '.npmrc',
  '.netrc',
  '_netrc',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.git-credentials',
  '.vault-token',
  'credentials.json',
  'service-account*.json',
  '.aws/credentials',
  '.docker/config.json',
  '.kube/config',
  '.git/config',
  '.ssh/*',
  '.gnupg/*',
];

/** Files that match `SECRET_GLOBS` and hold no secret: they are made to be read. */
export const SAMPLE_GLOBS: readonly string[] = ['example', 'sample', 'template', 'dist'].flatMap((word) => [
  `.env.${word}`,
  `.env.*.${word}`,
  `${word}.env`,
]);

export const NOISE_GLOBS: readonly string[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'deno.lock',
  'composer.lock',
  'packages.lock.json',
  'Gemfile.lock',
  'Cargo.lock',
  'Podfile.lock',
  'Pipfile.lock',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'mix.lock',
  'pubspec.lock',
  'flake.lock',
  'gradle.lockfile',
  'go.sum',
  '.pnp.cjs',
  '*.tsbuildinfo',
  '*.min.js',
  '*.min.mjs',
  '*.min.cjs',
  '*.min.css',
  '*.js.map',
  '*.mjs.map',
  '*.cjs.map',
  '*.ts.map',
  '*.css.map',
];

/** Folders that are never searched unless a call names them: the stores of version control and installed packages. */
export const NOISE_FOLDERS: readonly string[] = [
  '.git',
  '.hg',
  '.svn',
  '.jj',
  'node_modules',
  'bower_components',
  '.venv',
  '.tox',
  '__pycache__',
];

const SECRET = anyOf(SECRET_GLOBS);
const SAMPLE = anyOf(SAMPLE_GLOBS);
const NOISE = anyOf(NOISE_GLOBS);

/** The name of a file and of the folder that holds it: no glob looks further. */
function lastTwo(path: string): string {
  const slashed = path.includes('\\') ? path.replaceAll('\\', '/') : path;
  return slashed.slice(slashed.lastIndexOf('/', slashed.lastIndexOf('/') - 1) + 1);
}

function anyOf(globs: readonly string[]): RegExp {
  const patterns = globs.map((glob) => glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*'));
  return new RegExp(`(?:^|/)(?:${patterns.join('|')})$`, 'isu');
}
