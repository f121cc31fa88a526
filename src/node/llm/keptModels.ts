/** Models that stay open from one workspace to the next: the weights of a folder are loaded once, by one process. */
import { openChatModel, type OpenedModel } from './openChatModel.ts';

export interface KeptModels {
  /** As `openChatModel`, which gets the same options at each call. Closing what is opened closes nothing. */
  readonly open: typeof openChatModel;
  /** Ends all that was opened. */
  close(): Promise<void>;
}

export function keptModels(): KeptModels {
  const opened = new Map<string, Promise<OpenedModel>>();
  return {
    async open(name, options) {
      const opening = opened.get(name) ?? openChatModel(name, options);
      opened.set(name, opening);
      try {
        return { model: (await opening).model, close: () => Promise.resolve() };
      } catch (error) {
        opened.delete(name);
        throw error;
      }
    },
    async close() {
      await Promise.allSettled([...opened.values()].map(async (one) => (await one).close()));
    },
  };
}
