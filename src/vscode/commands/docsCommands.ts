/** Commands about the docs index and what is in it. */
import * as vscode from 'vscode';
import { siteUrlOf } from '#node/docsSite/siteUrlOf.ts';
import { ServiceError, type CrawlReply } from '#node/service/searchService.ts';
import { knownSites, siteFolder, siteUrl } from '#vscode/docsSites.ts';
import { readDocsSite } from '#vscode/readDocsSite.ts';
import { docsSites } from '#vscode/settings.ts';
import { addToList } from '#vscode/writeSetting.ts';
import type { Command, Parts } from './parts.ts';

const { t } = vscode.l10n;

export const addDocsFolder: Command = async () => {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
    openLabel: t('Add'),
    title: t('Folders with documentation'),
  });
  const folders = chosen?.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath) ?? [];
  if (folders.length === 0) return;
  await addToSetting('docs.folders', folders);
  tell(
    folders.length === 1
      ? t('{0} is searched from now on. The setting spoor.docs.folders holds it.', folders[0]!)
      : t('{0} folders are searched from now on. The setting spoor.docs.folders holds them.', folders.length),
  );
};

/** Asks for an address, reads its pages, and has them searched from then on. */
export const addDocsSite: Command = async (parts, given) => {
  const typed =
    typeof given === 'string'
      ? given
      : await vscode.window.showInputBox({
          title: t('Add a documentation site'),
          prompt: t('Its pages below this address are read once and kept on this machine.'),
          placeHolder: 'https://docs.example.com/guide/',
          ignoreFocusOut: true,
          validateInput: (text) =>
            !text.trim() || siteUrl(text) ? undefined : t('Give an address that begins with http:// or https://.'),
        });
  const url = typed && siteUrl(typed);
  if (url) await readSite(parts, url);
};

/** The page that a file of a docs site was made from. */
export const openPage: Command = async (_, given) => {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const url = uri?.scheme === 'file' ? siteUrlOf(uri.fsPath) : undefined;
  if (url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(url, true));
  else tell(t('This file is no page of a documentation site.'));
};

/** Sites that the settings name but whose pages are not here are read only when the user says so. */
export async function offerMissingSites(parts: Parts): Promise<void> {
  const { missing } = knownSites(parts.storage.sites, docsSites());
  if (missing.length === 0) return;
  const read = t('Read Them');
  const answer = await vscode.window.showInformationMessage(
    t('The settings name documentation sites whose pages are not on this machine yet: {0}', missing.join(', ')),
    read,
  );
  if (answer === read) for (const url of missing) await readSite(parts, url);
}

export const rebuildDocsIndex: Command = async ({ search, chat }) => {
  chat().docsChanged(await search.service.docs('rebuild'));
  tell(t('The docs index is made anew in the background.'));
};

export const pauseDocsIndex: Command = async ({ search, chat }) =>
  chat().docsChanged(await search.service.docs('pause'));

export const resumeDocsIndex: Command = async ({ search, chat }) =>
  chat().docsChanged(await search.service.docs('resume'));

async function readSite(parts: Parts, url: string): Promise<void> {
  try {
    const reply = await readDocsSite(url, {
      named: docsSites,
      crawl: async () => crawl(parts, url),
      add: () => addToSetting('docs.sites', [url]),
      configure: parts.configure,
      rebuild: () => rebuildIfStarted(parts),
    });
    tell(saidOf(url, reply));
  } catch (error) {
    if (error instanceof ServiceError && error.kind === 'cancelled') return;
    parts.log.error(error instanceof Error ? error : String(error));
    const again = t('Try Again');
    const answer = await vscode.window.showErrorMessage(
      error instanceof Error ? error.message : t('The site could not be read.'),
      again,
    );
    if (answer === again) await readSite(parts, url);
  }
}

const crawl = ({ search, storage }: Parts, url: string): Thenable<CrawlReply> =>
  vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: t('Reading {0}', url),
      cancellable: true,
    },
    async (progress, token) => {
      const control = new AbortController();
      token.onCancellationRequested(() => control.abort());
      return search.service.crawl(
        { url, directory: siteFolder(storage.sites, url) },
        ({ pages }) => progress.report({ message: pages === 1 ? t('1 page') : t('{0} pages', pages) }),
        control.signal,
      );
    },
  );

async function rebuildIfStarted({ search, chat }: Parts): Promise<void> {
  if (search.isStarted()) chat().docsChanged(await search.service.docs('rebuild'));
}

const saidOf = (url: string, { pages, notes }: CrawlReply): string =>
  [
    pages === 1
      ? t('1 page of {0} is searched from now on.', url)
      : t('{0} pages of {1} are searched from now on.', pages, url),
    ...notes,
  ].join(' ');

const addToSetting = (name: string, added: readonly string[]): Promise<void> =>
  addToList(vscode.workspace.getConfiguration('spoor'), name, added);

const tell = (sentence: string): void => void vscode.window.showInformationMessage(sentence);
