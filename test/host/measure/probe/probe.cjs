/**
 * An extension beside Spoor in the same extension host, which watches what the host has to bear: how late its event
 * loop runs, which modules Spoor loads, how long its hover provider takes. It begins before Spoor and answers on the
 * local socket that `SPOOR_PROBE` names.
 */
const { rmSync } = require('node:fs');
const { createServer } = require('node:http');
const Module = require('node:module');
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const vscode = require('vscode');

/** The histogram holds the time from one tick to the next, so this is taken off. */
const TICK_MS = 10;
const SPOOR = /[\\/]spoor\.spoor-[^\\/]*[\\/]/;

const loaded = [];
const hovers = [];
let ticks = monitorEventLoopDelay({ resolution: TICK_MS });

const answers = {
  loaded: () => loaded,
  'lag/start': () => {
    ticks.disable();
    ticks = monitorEventLoopDelay({ resolution: TICK_MS });
    return ticks.enable();
  },
  'lag/take': () => {
    ticks.disable();
    return { p99Ms: lateMs(ticks.percentile(99)), maxMs: lateMs(ticks.max), ticks: ticks.count };
  },
  hover: async ({ file, line, column, times }) => {
    hovers.length = 0;
    const place = new vscode.Position(line - 1, column - 1);
    for (let i = 0; i < times; i++)
      await vscode.commands.executeCommand('vscode.executeHoverProvider', vscode.Uri.file(file), place);
    return hovers;
  },
};

const lateMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - TICK_MS);

exports.activate = () => {
  watchModules();
  const socket = process.env['SPOOR_PROBE'];
  rmSync(socket, { force: true });
  const server = createServer((request, response) => void reply(request, response));
  server.listen(socket);
  return { dispose: () => server.close() };
};

async function reply(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://probe');
  try {
    const given = JSON.parse(searchParams.get('with') ?? '{}');
    response.end(JSON.stringify((await answers[pathname.slice(1)](given)) ?? null));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

/** What Spoor loads passes here, the editor's API among it. */
function watchModules() {
  const load = Module._load;
  Module._load = function (name, parent, ...rest) {
    const found = load.call(this, name, parent, ...rest);
    if (!SPOOR.test(parent?.filename ?? '') && !SPOOR.test(name)) return found;
    loaded.push(name);
    return name === 'vscode' ? watched(found) : found;
  };
}

const watched = (api) => ({ ...api, languages: { ...api.languages, registerHoverProvider: registerWith(api) } });

/** Other extensions' providers run in the same turn: what answers at once is not to be timed across an `await`. */
const registerWith = (api) => (selector, provider) =>
  api.languages.registerHoverProvider(selector, {
    async provideHover(...asked) {
      const beganMs = performance.now();
      const given = provider.provideHover(...asked);
      const ms = performance.now() - beganMs;
      const hover = await given;
      const isLater = given instanceof Promise;
      const text = hover?.contents.map(({ value }) => value).join('') ?? '';
      hovers.push({ ms: isLater ? performance.now() - beganMs : ms, text });
      return hover;
    },
  });
