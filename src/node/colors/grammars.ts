/** The editor's TextMate grammars with the rules of its theme. The libraries are loaded with the first grammar. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { IGrammar, IOnigLib, IRawGrammar, Registry } from 'vscode-textmate';
import type { EditorGrammar, EditorLook } from '#node/service/searchService.ts';
import { ownFolder } from '#node/ownFolder.ts';
import { themeRules } from './themeRules.ts';

export interface Grammars {
  /** The grammar for a file by its name; undefined without one. Rejects when it cannot be loaded. */
  forPath(path: string): Promise<IGrammar | undefined>;
  /** The colour of a token's style, `#rrggbb`; undefined for that of plain text. */
  colorOf(id: number): string | undefined;
  dispose(): void;
}

/** Rejects where the regular expressions' library cannot be loaded. */
export async function openGrammars(look: EditorLook): Promise<Grammars> {
  const [{ default: textmate }, rules, onigLib] = await Promise.all([
    import('vscode-textmate'),
    themeRules(look),
    (loading ??= loadOniguruma()),
  ]);
  const byScope = new Map(look.grammars.map((grammar) => [grammar.scope, grammar]));
  const registry: Registry = new textmate.Registry({
    onigLib: Promise.resolve(onigLib),
    theme: { settings: [{ settings: { foreground: PLAIN, background: PLAIN } }, ...rules.map(mutable)] },
    loadGrammar: async (scope) => {
      const grammar = byScope.get(scope);
      return grammar && readGrammar(grammar, textmate.parseRawGrammar);
    },
  });
  const names = namesOf(look.grammars);
  return {
    async forPath(path) {
      const scope = scopeOf(path, names);
      return scope === undefined ? undefined : ((await registry.loadGrammar(scope)) ?? undefined);
    },
    colorOf(id) {
      const color = registry.getColorMap()[id]?.toLowerCase();
      return color === PLAIN ? undefined : color;
    },
    dispose: () => registry.dispose(),
  };
}

/** Stands for the editor's foreground; no theme has it. */
const PLAIN = '#010203';
const MAX_GRAMMAR_BYTES = 8 << 20;
const WASM = 'onig.wasm';

let loading: Promise<IOnigLib> | undefined;

async function loadOniguruma(): Promise<IOnigLib> {
  try {
    const { default: oniguruma } = await import('vscode-oniguruma');
    await oniguruma.loadWASM(await readFile(onigurumaFile()));
    return { createOnigScanner: oniguruma.createOnigScanner, createOnigString: oniguruma.createOnigString };
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** Beside the bundle, or in the package that it comes from. */
export function onigurumaFile(start: string = ownFolder()): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const places = [join(folder, WASM), join(folder, 'node_modules/vscode-oniguruma/release', WASM)];
    const file = places.find((place) => existsSync(place));
    if (file !== undefined) return file;
    if (folder === dirname(folder)) throw new Error(`${WASM} is not there. Install Spoor anew.`);
  }
}

async function readGrammar(
  { file }: EditorGrammar,
  parse: (content: string, path: string) => IRawGrammar,
): Promise<IRawGrammar | undefined> {
  const stats = await stat(file);
  return stats.isFile() && stats.size <= MAX_GRAMMAR_BYTES ? parse(await readFile(file, 'utf8'), file) : undefined;
}

const mutable = ({ scope, settings }: Awaited<ReturnType<typeof themeRules>>[number]) => ({
  scope: typeof scope === 'string' ? scope : [...scope],
  settings,
});

/** Scopes by endings and whole names, lower case; of two grammars for one the later extension's counts. */
function namesOf(grammars: readonly EditorGrammar[]): ReadonlyMap<string, string> {
  return new Map(grammars.flatMap(({ scope, files }) => files.map((name) => [name.toLowerCase(), scope])));
}

/** The whole name goes before endings, a long ending before a short one. */
function scopeOf(path: string, names: ReadonlyMap<string, string>): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (names.has(name)) return names.get(name);
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const scope = names.get(name.slice(dot));
    if (scope !== undefined) return scope;
  }
  return undefined;
}
