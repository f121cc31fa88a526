/**
 * What the panel shows around a conversation: policy, docs index, questions to begin with, what is missing. Asked for
 * when a panel opens for the first time, because that starts the searching process.
 */
import type { Failure } from '#core/answer/conversation.ts';
import type { DocsStatus, SearchService } from '#node/service/searchService.ts';
import type { StatusLine } from '#vscode/messages.ts';
import type { ChatHost } from './chatHost.ts';
import { failureOf, troubleOf } from './failures.ts';

export interface PanelFacts {
  now(): { readonly status: StatusLine; readonly examples: readonly string[]; readonly trouble?: Failure };
  /** Asks for them and posts them as they come; without `again` only the first time. */
  load(again?: 'again'): Promise<void>;
  docsChanged(docs: DocsStatus): void;
  /** Saves something. What went wrong is shown until a later save of its kind is good. Never rejects. */
  saving(kind: Saved, save: () => Promise<unknown>): Promise<void>;
  /** There is no docs index any more, and no policy that was learned. */
  forget(): void;
  /** Called with every new status. */
  onStatus: (status: StatusLine) => void;
}

export type Saved = 'conversation' | 'feedback';

/** @param modelName of the language model that is chosen; empty when none is. */
export function panelFacts(service: SearchService, host: ChatHost, modelName: () => string): PanelFacts {
  let status: StatusLine = { policy: '', model: '', docs: { sections: 0, complete: false, paused: false } };
  let examples: readonly string[] = [];
  const troubles: { -readonly [K in (typeof TROUBLES)[number]]?: Failure | undefined } = {};
  let loading: Promise<void> | undefined;

  const setStatus = (change: Partial<StatusLine>): void => {
    status = { ...status, ...change, model: modelName() };
    host.post({ type: 'status', status });
    host.setFact('docsPaused', status.docs.paused);
    facts.onStatus(status);
  };
  const shownTrouble = (): Failure | undefined => TROUBLES.map((kind) => troubles[kind]).find(Boolean);
  const setTrouble = (kind: (typeof TROUBLES)[number], now: Failure | undefined): void => {
    const before = shownTrouble();
    troubles[kind] = now;
    const trouble = shownTrouble();
    if (trouble?.message !== before?.message) host.post({ type: 'trouble', trouble });
  };
  const setExamples = (now: readonly string[]): void => {
    examples = now;
    host.post({ type: 'examples', examples });
  };
  const load = async (): Promise<void> => {
    if (host.workspace() === 'no-folder') return;
    try {
      await Promise.all([
        service.docs('status').then((docs) => setStatus({ docs: docsOf(docs) })),
        service.policy().then((policy) => setStatus({ policy: host.policyName(policy) })),
        service.examples().then(setExamples),
      ]);
      setTrouble('search', troubleOf(await service.check()));
    } catch (error) {
      host.log(error);
      setTrouble('search', failureOf(error, host.sentences.unexpected));
      loading = undefined;
    }
  };
  const facts: PanelFacts = {
    now() {
      const trouble = shownTrouble();
      return { status: { ...status, model: modelName() }, examples, ...(trouble && { trouble }) };
    },
    load: (again) => (loading = again || !loading ? load() : loading),
    forget: () => {
      loading = undefined;
      setStatus({ policy: '', docs: { sections: 0, complete: true, paused: false } });
    },
    docsChanged: (docs) => setStatus({ docs: docsOf(docs) }),
    async saving(kind, save) {
      try {
        await save();
        setTrouble(kind, undefined);
      } catch (error) {
        host.log(error);
        setTrouble(kind, { message: host.sentences[NOT_SAVED[kind]], remedy: 'show-log' });
      }
    },
    onStatus: () => undefined,
  };
  return facts;
}

/** The first of them that there is, is shown. */
const TROUBLES = ['search', 'conversation', 'feedback'] as const;

const NOT_SAVED = { conversation: 'notSaved', feedback: 'feedbackNotSaved' } as const;

const docsOf = ({ sectionsIndexed, complete, paused }: DocsStatus): StatusLine['docs'] => ({
  sections: sectionsIndexed,
  complete,
  paused,
});
