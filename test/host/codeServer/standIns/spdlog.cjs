/**
 * Writes VS Code's log files in the tests. VS Code does this with the native `@vscode/spdlog`, which would have to be
 * compiled; this has the part of its interface that VS Code calls.
 */
'use strict';
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

exports.setFlushOn = () => {};
exports.createAsyncRotatingLogger = async (_name, file) => logger(file);
exports.createRotatingLogger = async (_name, file) => logger(file);

function logger(file) {
  mkdirSync(dirname(file), { recursive: true });
  let least = 0;
  let plain = false;
  const write = (level, text) => {
    if (level < least) return;
    appendFileSync(file, plain ? text : `${stamp()} [${LEVELS[level]}] ${text}\n`);
  };
  return {
    ...Object.fromEntries(METHODS.map((method, level) => [method, (text) => write(level, text)])),
    setLevel: (level) => (least = level),
    setPattern: () => {},
    clearFormatters: () => (plain = true),
    flush: () => {},
    drop: () => {},
  };
}

const stamp = () => new Date().toISOString().replace('T', ' ').replace('Z', '');
