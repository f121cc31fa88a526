/**
 * Packages for other platforms than this one. npm does not install them here, but package-lock.json tells their
 * versions and what their tarballs have to hash to.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { NODE_MODULES, ROOT } from './installation.mjs';
import { npmProgram } from './setUp.mjs';

const CACHE = join(NODE_MODULES, '.cache', 'packages');

/**
 * Files of a package, by their paths in it. From `node_modules` if it is installed, else fetched once and checked.
 *
 * @param {string} name
 * @param {readonly string[]} files
 * @returns {Promise<Buffer[]>} in their order. Rejects with a sentence.
 */
export async function packageFiles(name, files) {
  const installed = join(NODE_MODULES, name);
  if (existsSync(installed)) return files.map((file) => readFileSync(join(installed, file)));
  const tar = gunzipSync(readFileSync(await tarball(name)));
  return files.map((file) => {
    const bytes = tarEntry(tar, `package/${file}`);
    if (!bytes) throw new Error(`The package ${name} has no file ${file}.`);
    return bytes;
  });
}

async function tarball(name) {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (!version) throw new Error(`package-lock.json does not name the package ${name}.`);
  const file = join(CACHE, `${name.replaceAll('/', '-')}-${version}.tgz`);
  if (!existsSync(file)) await fetchTarball(`${name}@${version}`, file);
  const digest = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (digest === integrity) return file;
  rmSync(file);
  throw new Error(`What was fetched as ${name} ${version} is not what package-lock.json names, and was thrown away.`);
}

async function fetchTarball(spec, file) {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'fetched-'));
  try {
    const args = [npmProgram(), 'pack', spec, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    renameSync(join(folder, readdirSync(folder)[0]), file);
  } catch (error) {
    const why = error.stderr || error.message;
    throw new Error(`npm could not fetch ${spec}. Check the connection to its registry and try again.\n${why}`, {
      cause: error,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BLOCK_BYTES = 512;

/** The bytes of a file; undefined if the archive has none of that name. Names of npm's archives here are short. */
function tarEntry(tar, name) {
  for (let at = 0; at + BLOCK_BYTES <= tar.length && tar[at] !== 0;) {
    const found = text(tar, at, 100);
    const size = parseInt(text(tar, at + 124, 12), 8);
    const begin = at + BLOCK_BYTES;
    if (found === name) return tar.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return undefined;
}

const text = (tar, at, length) =>
  tar
    .toString('latin1', at, at + length)
    .split('\0')[0]
    .trim();
