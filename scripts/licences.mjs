/** Whose work is in what is built, and under which terms. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_MODULES } from './installation.mjs';

/**
 * The text of a notice for every package that a file comes from. Throws for a package without a licence's text.
 *
 * @param {readonly string[]} paths of files; those outside of `node_modules` are ours
 */
export function licences(paths) {
  const names = paths.flatMap((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const notices = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1)).map(notice);
  return notices.join('\n');
}

function notice(name) {
  const folder = join(NODE_MODULES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|copying|notice)/i.test(entry));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) texts.push(mitLicence(name, license));
  return licenceEntry(`${name} ${version} (${license})`, texts.join('\n\n'));
}

export const licenceEntry = (title, text) => `${'-'.repeat(80)}\n${title}\n\n${text}\n`;

/** Packages that come without their licence's text, and whom their sources name. */
const HOLDERS = {
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-node': 'Microsoft Corporation',
  'onnxruntime-web': 'Microsoft Corporation',
};

function mitLicence(name, license) {
  const holder = HOLDERS[name];
  if (license !== 'MIT' || !holder)
    throw new Error(`The package ${name} has no licence's text. See scripts/licences.mjs.`);
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
