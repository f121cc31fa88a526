/** What the editor's language providers say of a name, as far as they say it soon. */
import * as vscode from 'vscode';
import type { Span } from '#core/search/span.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';

/** A provider that takes longer is not waited for: it may be loading its project. */
const WAIT_MS = 300;
const MAX_REFERENCES = 2_000;

export interface LanguageFacts {
  readonly facts: Pick<ExplainRequest, 'definitions' | 'references'>;
  /** What the editor's hovers say, Spoor's own among them. */
  readonly hovers: string;
}

/** @param pathOf workspace path of a file's full path */
export async function languageFacts(
  uri: vscode.Uri,
  position: vscode.Position,
  pathOf: (file: string) => string | undefined,
): Promise<LanguageFacts> {
  const ask = <T>(command: string): Promise<readonly T[] | undefined> =>
    inTime(vscode.commands.executeCommand<T[] | undefined>(command, uri, position));
  const [definitions, references, hovers] = await Promise.all([
    ask<Found>('vscode.executeDefinitionProvider'),
    ask<Found>('vscode.executeReferenceProvider'),
    ask<vscode.Hover>('vscode.executeHoverProvider'),
  ]);
  // An empty list may mean that there is none, or that the provider is not ready.
  const facts = {
    ...(definitions?.length && { definitions: spansOf(definitions, pathOf) }),
    ...(references?.length && { references: spansOf(references, pathOf).slice(0, MAX_REFERENCES) }),
  };
  const texts = (hovers ?? []).flatMap(({ contents }) => contents);
  return { facts, hovers: texts.map((text) => (typeof text === 'string' ? text : text.value)).join('\n\n') };
}

type Found = vscode.Location | vscode.LocationLink;

const spansOf = (found: readonly Found[], pathOf: (file: string) => string | undefined): Span[] =>
  found.flatMap((one) => {
    const [uri, range] =
      'targetUri' in one ? [one.targetUri, one.targetSelectionRange ?? one.targetRange] : [one.uri, one.range];
    const path = uri.scheme === 'file' ? pathOf(uri.fsPath) : undefined;
    return path ? [{ path, start: range.start.line + 1, end: range.end.line + 1 }] : [];
  });

/** Undefined when it fails or takes longer. */
async function inTime<T>(work: Thenable<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), WAIT_MS)));
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
