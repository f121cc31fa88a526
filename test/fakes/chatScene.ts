/** A chat without an editor: the real controller, stores and searching service on the parcel workspace. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Exchange, Remedy } from '#core/answer/conversation.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import { createService } from '#node/service/createService.ts';
import type { SearchService } from '#node/service/searchService.ts';
import { createConversationStore, type ConversationStore } from '#node/stores/conversationStore.ts';
import { createFeedbackStore, type FeedbackStore } from '#node/stores/feedbackStore.ts';
import { chatController, type ChatController } from '#vscode/chat/chatController.ts';
import type { ChatHost } from '#vscode/chat/chatHost.ts';
import type { ProseModels } from '#vscode/chat/proseWriter.ts';
import type { FromPanel, PanelState, ToPanel } from '#vscode/messages.ts';
import { makeParcelWorkspace } from './parcelWorkspace.ts';

export interface ChatScene {
  readonly workspace: string;
  readonly storage: string;
  readonly service: SearchService;
  /** A window on the workspace. Several may be open, as after a reload. */
  window(changes?: Partial<Pick<SearchService, 'ask' | 'complete'>>, models?: ProseModels): ChatWindow;
  close(): Promise<void>;
}

export interface ChatWindow {
  readonly chat: ChatController;
  readonly conversations: ConversationStore;
  readonly feedback: FeedbackStore;
  /** All that the panels were told, and what one was answered. */
  readonly posted: ToPanel[];
  /** What the editor was asked for. */
  readonly asked: {
    opened: [readonly PlaceText[], boolean][];
    copied: string[];
    saved: [string, string][];
    /** So often a language model was to be chosen. */
    models: number;
  };
  readonly told: string[];
  readonly remedies: Remedy[];
  readonly facts: Map<string, boolean>;
  selection: PlaceText | undefined;
  say(message: FromPanel): Promise<ToPanel[]>;
  /** What a panel that opens now shows. */
  state(): Promise<PanelState>;
  last(): Promise<Exchange>;
}

export function chatScene(): ChatScene {
  const base = mkdtempSync(join(tmpdir(), 'spoor-chat-'));
  const [workspace, storage] = [join(base, 'parcel'), join(base, 'storage')];
  makeParcelWorkspace(workspace);
  const service = createService(
    {
      folders: [workspace],
      storage: join(storage, 'caches'),
      docsFolders: [],
      docs: true,
      history: true,
      policy: 'hand',
      turns: 4,
      runtime: 'auto',
    },
    () => undefined,
  );
  const memory = new Map<string, string>();
  return {
    workspace,
    storage,
    service,
    window: (changes, models = NO_MODEL) =>
      chatWindow({ ...service, ...changes }, { storage, workspace, memory, models }),
    async close() {
      await service.close();
      rmSync(base, { recursive: true });
    },
  };
}

interface WindowParts {
  readonly storage: string;
  readonly workspace: string;
  readonly memory: Map<string, string>;
  readonly models: ProseModels;
}

const NO_MODEL: ProseModels = {
  name: () => '',
  open: () => Promise.reject(new Error('No model is chosen, so none may be opened.')),
  remedyFor: () => 'choose-model',
};

function chatWindow(service: SearchService, { storage, workspace, memory, models }: WindowParts): ChatWindow {
  const folders = [pathToFileURL(workspace).href];
  const told: string[] = [];
  const conversations = createConversationStore({
    directory: join(storage, 'conversations'),
    folders,
    tell: (sentence) => told.push(sentence),
  });
  const feedback = createFeedbackStore({ directory: join(storage, 'feedback'), folders });
  const posted: ToPanel[] = [];
  const asked: ChatWindow['asked'] = { opened: [], copied: [], saved: [], models: 0 };
  const remedies: Remedy[] = [];
  const facts = new Map<string, boolean>();
  let ids = 0;
  const own = `${Math.floor(performance.now() * 1000)}`;
  const host: ChatHost = {
    nowMs: () => Date.now(),
    newId: () => `id-${own}-${++ids}`,
    workspace: () => 'ready',
    post: (message) => posted.push(message),
    look: () => LOOK,
    selection: () => window.selection,
    openPlaces: (places, beside) => Promise.resolve(void asked.opened.push([places, beside])),
    copy: (text) => Promise.resolve(void asked.copied.push(text)),
    saveAs: (name, text) => Promise.resolve(void asked.saved.push([name, text])),
    remedy: (remedy) => Promise.resolve(void remedies.push(remedy)),
    showPolicy: () => Promise.resolve(),
    chooseModel: () => Promise.resolve(void asked.models++),
    showDocs: () => Promise.resolve(),
    policyName: ({ version }) => version,
    setFact: (fact, value) => facts.set(fact, value),
    lastConversation: { get: () => memory.get('last'), set: (id) => memory.set('last', id) },
    tell: (sentence) => told.push(sentence),
    log: () => undefined,
    sentences: {
      unexpected: 'unexpected',
      notSaved: 'not saved',
      feedbackNotSaved: 'feedback not saved',
      nothingToAccept: 'nothing',
      selectFirst: 'select',
    },
  };
  const chat = chatController({ service, conversations, feedback, models, host });
  const say = async (message: FromPanel): Promise<ToPanel[]> => {
    const answers: ToPanel[] = [];
    await chat.receive(message, (answer) => answers.push(answer));
    return answers;
  };
  const state = async (): Promise<PanelState> => {
    const answer = (await say({ type: 'ready' })).find((one) => one.type === 'state');
    if (!answer) throw new Error('A panel that is ready was not told the state.');
    return answer.state;
  };
  const window: ChatWindow = {
    chat,
    conversations,
    feedback,
    posted,
    asked,
    told,
    remedies,
    facts,
    selection: undefined,
    say,
    state,
    last: async () => (await state()).conversation.exchanges.at(-1)!,
  };
  return window;
}

const LOOK = { kind: 'dark', grammars: [] } as const;
