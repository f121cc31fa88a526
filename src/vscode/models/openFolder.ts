/** The language model of a folder, kept open for the next request. One at a time: a model takes much memory. */
import type { ChatModel } from '#core/llm/chatModel.ts';
import type { FolderModel } from '#node/llm/folderModel.ts';

export interface OpenFolder {
  /** Rejects with what opening rejects with; the next call tries again. */
  open(folder: string): Promise<ChatModel>;
  /** What is open for another folder is closed, and its memory given back. */
  leaveFor(folder: string | undefined): Promise<void>;
  close(): Promise<void>;
}

type Opened = Pick<FolderModel, 'model' | 'close'>;

export function openFolder(openModel: (folder: string) => Promise<Opened>): OpenFolder {
  let current: { readonly folder: string; readonly opening: Promise<Opened> } | undefined;
  const close = async (): Promise<void> => {
    const before = current;
    current = undefined;
    await before?.opening.then(
      (opened) => opened.close(),
      () => undefined,
    );
  };
  const leaveFor = async (folder: string | undefined): Promise<void> => {
    if (current?.folder !== folder) await close();
  };
  return {
    close,
    leaveFor,
    async open(folder) {
      // Another one may have been chosen while one was closed.
      while (current && current.folder !== folder) await leaveFor(folder);
      const mine = (current ??= { folder, opening: openModel(folder) });
      try {
        return (await mine.opening).model;
      } catch (error) {
        if (current === mine) current = undefined;
        throw error;
      }
    },
  };
}
