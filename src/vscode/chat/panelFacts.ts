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
  /** There is no docs index any more, and no policy that was learned. */
  forget(): void;
  /** Called with every new status. */
  onStatus: (status: StatusLine) => void;
}

/** @param modelName of the language model that is chosen; empty when none is. */
export function panelFacts(service: SearchService, host: ChatHost, modelName: () => string): PanelFacts {
  let status: StatusLine = { policy: '', model: '', docs: { sections: 0, complete: false, paused: false } };
  let examples: readonly string[] = [];
  let trouble: Failure | undefined;
  let loading: Promise<void> | undefined;

  const setStatus = (change: Partial<StatusLine>): void => {
    status = { ...status, ...change, model: modelName() };
    host.post({ type: 'status', status });
    host.setFact('docsPaused', status.docs.paused);
    facts.onStatus(status);
  };
  const setTrouble = (now: Failure | undefined): void => {
    if (now?.message !== trouble?.message) host.post({ type: 'trouble', trouble: now });
    trouble = now;
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
      setTrouble(troubleOf(await service.check()));
    } catch (error) {
      host.log(error);
      setTrouble(failureOf(error, host.sentences.unexpected));
      loading = undefined;
    }
  };
  const facts: PanelFacts = {
    now: () => ({ status: { ...status, model: modelName() }, examples, ...(trouble && { trouble }) }),
    load: (again) => (loading = again || !loading ? load() : loading),
    forget: () => {
      loading = undefined;
      setStatus({ policy: '', docs: { ...status.docs, sections: 0, complete: true } });
    },
    docsChanged: (docs) => setStatus({ docs: docsOf(docs) }),
    onStatus: () => undefined,
  };
  return facts;
}

const docsOf = ({ sectionsIndexed, complete, paused }: DocsStatus): StatusLine['docs'] => ({
  sections: sectionsIndexed,
  complete,
  paused,
});
