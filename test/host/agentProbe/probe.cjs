/**
 * An extension beside Spoor, as another agent is one: it calls tools, asks models, and offers a model whose words the
 * test decides. It answers on the local socket that `SPOOR_PROBE` names.
 */
const { rmSync } = require('node:fs');
const { createServer } = require('node:http');
const vscode = require('vscode');

/** What the model says next, piece by piece; `{ error }` ends it. There is no model before it has something to say. */
let script;
/** What it was sent. */
const sent = [];
const changed = new vscode.EventEmitter();

const answers = {
  tools: () => vscode.lm.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  invoke: async ({ name, input, tokenBudget, cancel }) => {
    const source = new vscode.CancellationTokenSource();
    const countTokens = (text) => Promise.resolve(Math.ceil(text.length / 4));
    const tokenizationOptions = tokenBudget === undefined ? undefined : { tokenBudget, countTokens };
    const call = vscode.lm.invokeTool(
      name,
      { input, toolInvocationToken: undefined, tokenizationOptions },
      source.token,
    );
    if (cancel) source.cancel();
    return said(() => call.then(({ content }) => content.map(({ value }) => value).join('')));
  },
  models: async (selector) =>
    (await vscode.lm.selectChatModels(selector)).map(({ id, vendor, name }) => ({ id, vendor, name })),
  ask: async ({ vendor, texts }) => {
    const [model] = await vscode.lm.selectChatModels({ vendor });
    const messages = texts.map((text) => vscode.LanguageModelChatMessage.User(text));
    return said(async () => {
      let text = '';
      for await (const piece of (await model.sendRequest(messages)).text) text += piece;
      return text;
    });
  },
  script: (pieces) => {
    script = pieces;
    changed.fire();
  },
  sent: () => sent,
  run: async ({ command, args }) => void (await vscode.commands.executeCommand(command, ...args)),
};

/** What a call gave, or why it gave nothing. */
async function said(call) {
  try {
    return { text: await call() };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

const information = {
  id: 'scripted',
  name: 'Scripted',
  family: 'probe',
  version: '1',
  maxInputTokens: 16_000,
  maxOutputTokens: 2_000,
  capabilities: { toolCalling: true },
};

const provider = {
  onDidChangeLanguageModelChatInformation: changed.event,
  provideLanguageModelChatInformation: () => (script ? [information] : []),
  async provideLanguageModelChatResponse(model, messages, options, progress, token) {
    sent.push(messages.map(({ content }) => content.map(({ value }) => value).join('')).join('\n'));
    for (const piece of script) {
      if (token.isCancellationRequested) return;
      if (piece.error) throw new Error(piece.error);
      progress.report(new vscode.LanguageModelTextPart(piece));
    }
  },
  provideTokenCount: (model, text) => Promise.resolve(Math.ceil(String(text).length / 4)),
};

exports.activate = async ({ subscriptions }) => {
  subscriptions.push(vscode.lm.registerLanguageModelChatProvider('probe', provider));
  const socket = process.env['SPOOR_PROBE'];
  rmSync(socket, { force: true });
  const server = createServer((request, response) => void reply(request, response));
  server.listen(socket);
  subscriptions.push({ dispose: () => server.close() });
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
