/**
 * The chat behind its panels: knows all of its state, does what panels and commands say, and tells every panel what
 * came of it. Panels come and go; a question runs on without one.
 */
import type { Exchange, Verdict } from '#core/answer/conversation.ts';
import { findExchange } from '#core/answer/conversationChanges.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import type { DocsStatus, SearchService } from '#node/service/searchService.ts';
import type { ConversationStore } from '#node/stores/conversationStore.ts';
import type { FeedbackStore } from '#node/stores/feedbackStore.ts';
import type { FromPanel, StatusLine, ToPanel } from '#vscode/messages.ts';
import { askQuestions } from './askQuestions.ts';
import type { ChatHost } from './chatHost.ts';
import { copyAndExport } from './copyAndExport.ts';
import { citedPlaces, giveFeedback } from './giveFeedback.ts';
import { chatHistory } from './chatHistory.ts';
import { tellError } from './failures.ts';
import { openConversations } from './openConversations.ts';
import { otherAnswers, type OtherAnswer } from './otherAnswers.ts';
import { panelFacts } from './panelFacts.ts';
import { proseWriter, type ProseModels } from './proseWriter.ts';
import { refreshPlaces } from './refreshPlaces.ts';

export interface ChatController {
  /** Does what a panel says; `answer` reaches that panel alone. Never rejects. */
  receive(message: FromPanel, answer: (message: ToPanel) => void): Promise<void>;
  newConversation(): Promise<void>;
  /** The list of conversations, for the panel to show. */
  history(query: string): Promise<ToPanel>;
  /** False if there is nothing to accept, which the user is told. */
  acceptLast(): Promise<boolean>;
  /** Shows an answer that was given in the editor's own chat. */
  showOther(answer: OtherAnswer): Promise<void>;
  /** What the user says about such an answer. False for one that feedback does not know. */
  judgeOther(id: string, verdict: Verdict): Promise<boolean>;
  docsChanged(status: DocsStatus): void;
  /** Trust or Spoor's settings have changed. `start`: asks the searching process what follows from it. */
  settingsChanged(options: { readonly start: boolean }): Promise<void>;
  lookChanged(): Promise<void>;
  /** A file was saved, moved or deleted; any may have changed without a path. */
  filesChanged(path?: string): Promise<void>;
  status(): StatusLine;
  onStatus(listener: (status: StatusLine) => void): void;
  /** Before all data is deleted: ends running questions, and saves nothing of what is open any more. */
  forgetAll(): Promise<void>;
  /** Shows the conversation of the last time and what the workspace is like, without starting anything. */
  show(): Promise<void>;
  /** Ends running questions and waits until all is on disk. */
  close(): Promise<void>;
}

export interface ChatParts {
  readonly service: SearchService;
  readonly conversations: ConversationStore;
  readonly feedback: FeedbackStore;
  readonly models: ProseModels;
  readonly host: ChatHost;
}

export function chatController(parts: ChatParts): ChatController {
  const { service, conversations: store, feedback: events, models, host } = parts;
  const facts = panelFacts(service, host, models.name);
  const keep = (event: FeedbackEvent): Promise<void> => facts.saving('feedback', () => events.append(event));
  const conversations = openConversations(store, host, facts.saving);
  const places = refreshPlaces(service, conversations, host);
  const feedback = giveFeedback(conversations, keep, host);
  const others = otherAnswers(conversations, feedback, events, host);
  const history = chatHistory(store, conversations, host);
  const output = copyAndExport(store, conversations, host);
  const prose = proseWriter({ models, conversations, host });
  const questions = askQuestions({
    service,
    conversations,
    keep,
    host,
    answered(exchange) {
      noteFacts();
      void places.exchange(exchange);
      void prose.write(exchange.id, { again: false });
    },
  });

  const exchange = (id: string): Exchange | undefined => {
    const conversation = conversations.withExchange(id);
    return conversation && findExchange(conversation, id);
  };
  const noteFacts = (): void => host.setFact('answered', lastAnswered() !== undefined);
  const lastAnswered = (): Exchange | undefined =>
    conversations.shown().exchanges.findLast(({ state }) => state === 'answered');
  /** Nothing is awaited in here: what a panel is told must not be older than what it is told next. */
  const state = (asked: readonly string[]): ToPanel => {
    const { id, title, exchanges } = conversations.shown();
    return {
      type: 'state',
      state: { conversation: { id, title, exchanges }, workspace: host.workspace(), asked, ...facts.now() },
    };
  };
  const showState = async (): Promise<void> => {
    host.post(state(await history.asked()));
    noteFacts();
    await places.all();
  };
  /** They are asked for with every key, so a failure is only logged. */
  const pathsLike = async (text: string): Promise<readonly string[]> => {
    try {
      return await service.complete(text, MOST_COMPLETIONS);
    } catch (error) {
      host.log(error);
      return [];
    }
  };
  const openCited = async (id: string, number: number | undefined, beside: boolean): Promise<void> => {
    const cited = citedPlaces(exchange(id), number);
    if (cited.length === 0) return;
    await host.openPlaces(cited, beside);
    if (number !== undefined) await feedback.signal(id, 'opened', number);
  };

  const handlers: { readonly [T in FromPanel['type']]: Handler<T> } = {
    ready: async (_, answer) => {
      await conversations.restore();
      answer(state(await history.asked()));
      noteFacts();
      await facts.load();
      await places.all();
    },
    ask: ({ question, scope, selection }) => {
      history.noteAsked(question);
      return questions.ask({ question, scope, ...(selection && { selection }) });
    },
    cancel: ({ id }) => {
      questions.cancel(id);
      prose.cancel(id);
    },
    retry: ({ id }) => questions.retry(id),
    write: ({ id }) => prose.write(id, { again: true }),
    open: ({ id, number, beside }) => openCited(id, number, beside),
    'open-place': ({ path, start, end }) => host.openPlaces([{ path, start, end, lines: [] }], false),
    'open-all': ({ id }) => openCited(id, undefined, false),
    copy: async ({ id, number }) => {
      await output.copy(exchange(id), number);
      if (number !== undefined) await feedback.signal(id, 'copied', number);
    },
    verdict: ({ id, verdict }) => feedback.verdict(id, verdict),
    tick: ({ id, number, tick }) => feedback.tick(id, number, tick),
    place: ({ id, remove }) => (remove === undefined ? feedback.addSelection(id) : feedback.removePlace(id, remove)),
    complete: async ({ request, text }, answer) =>
      answer({ type: 'completions', request, paths: await pathsLike(text) }),
    'new-conversation': () => controller.newConversation(),
    history: async ({ query }, answer) => answer(await history.list(query)),
    'open-conversation': async ({ id }) => {
      if (await conversations.show(id)) await showState();
    },
    'rename-conversation': ({ id, title }) => history.rename(id, title),
    'delete-conversation': async ({ id }) => {
      const wasShown = conversations.shown().id === id;
      for (const exchange of conversations.atWork(id)?.exchanges ?? []) {
        questions.cancel(exchange.id);
        prose.cancel(exchange.id);
      }
      await history.remove(id);
      if (wasShown) await showState();
      host.post(await history.list());
    },
    'export-conversation': ({ id }) => output.exportConversation(id),
    remedy: ({ remedy }) => (remedy === 'retry' ? controller.settingsChanged({ start: true }) : host.remedy(remedy)),
    'show-policy': () => host.showPolicy(),
    'choose-model': () => host.chooseModel(),
    'show-docs': () => host.showDocs(),
  };

  const controller: ChatController = {
    async receive(message, answer) {
      try {
        await (handlers[message.type] as Handler<FromPanel['type']>)(message, answer);
      } catch (error) {
        tellError(error, host);
      }
    },
    async newConversation() {
      conversations.begin();
      await showState();
    },
    history: (query) => history.list(query),
    async acceptLast() {
      const last = lastAnswered();
      if (last) await feedback.verdict(last.id, 'accepted');
      else host.tell(host.sentences.nothingToAccept);
      return last !== undefined;
    },
    async showOther(answer) {
      await others.show(answer);
      await showState();
    },
    judgeOther: others.judge,
    docsChanged: (status) => facts.docsChanged(status),
    async settingsChanged({ start }) {
      if (start) await facts.load('again');
      host.post(state(await history.asked()));
      await places.all();
    },
    lookChanged: () => places.colors(),
    filesChanged: (path) => places.places(path),
    status: () => facts.now().status,
    onStatus(listener) {
      facts.onStatus = listener;
    },
    async forgetAll() {
      questions.cancelAll();
      prose.cancelAll();
      conversations.forgetAll();
      history.forgetAsked();
      facts.forget();
      await conversations.saved();
    },
    async show() {
      await conversations.restore();
      history.forgetAsked();
      await showState();
    },
    async close() {
      questions.stop();
      prose.stop();
      await conversations.saved();
    },
  };
  return controller;
}

type Handler<T extends FromPanel['type']> = (
  message: Extract<FromPanel, { readonly type: T }>,
  answer: (message: ToPanel) => void,
) => Promise<void> | void;

const MOST_COMPLETIONS = 20;
