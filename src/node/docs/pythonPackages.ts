/**
 * Docs of Python packages that the workspace imports, from its virtual environment: the long description that the
 * package's metadata carry (as a rule its README), and a README that lies in the package itself.
 */
import { readdirSync } from 'node:fs';
import { joinLabel, type Workspace } from '#node/workspace.ts';
import { fileFacts, readSmallText, type DocsFile } from './docsFile.ts';
import { readmeOf } from './nodePackages.ts';

/** Workspace paths of the `site-packages` folders of a root's virtual environments. */
export function sitePackagesOf(workspace: Workspace, label: string): string[] {
  return VENV_NAMES.map((name) => joinLabel(label, name))
    .filter((venv) => fileFacts(workspace, `${venv}/pyvenv.cfg`) !== undefined)
    .flatMap((venv) => [
      ...namesIn(workspace, `${venv}/lib`, /^python\d/).map((name) => `${venv}/lib/${name}/site-packages`),
      `${venv}/Lib/site-packages`,
    ])
    .filter((folder) => workspace.resolve(folder) !== undefined);
}

/** Steps that list the docs of the packages in these folders that provide one of the imported modules. */
export function* pythonPackageDocs(
  workspace: Workspace,
  sitePackages: readonly string[],
  imported: ReadonlySet<string>,
): Generator<void, DocsFile[]> {
  const paths = new Set<string>();
  for (const folder of sitePackages)
    for (const name of namesIn(workspace, folder, /\.(?:dist|egg)-info$/)) {
      const info = `${folder}/${name}`;
      const modules = modulesOf(workspace, info).filter((module) => imported.has(module));
      const metadata = modules.length ? ['METADATA', 'PKG-INFO'].map((file) => `${info}/${file}`) : [];
      const described = metadata.find((path) => fileFacts(workspace, path));
      if (described) paths.add(described);
      for (const module of modules) {
        const readme = readmeOf(workspace, `${folder}/${module}`);
        if (readme) paths.add(readme);
      }
      yield;
    }
  return [...paths].map((path) => ({ path, source: 'dependency' }));
}

const VENV_NAMES = ['.venv', 'venv', 'env'];
const MAX_PACKAGES = 5_000;

/** Top-level modules of an installed distribution: as it says, else as its list of files shows, else by its name. */
function modulesOf(workspace: Workspace, info: string): string[] {
  const said = (readSmallText(workspace, `${info}/top_level.txt`) ?? '').split('\n').map((line) => line.trim());
  const record = said.some(Boolean) ? '' : (readSmallText(workspace, `${info}/RECORD`) ?? '');
  const recorded = record.split('\n').map((line) => /^(\w{1,100})(?:\/[^,]*)?(?:\.pyi?)?,/.exec(line)?.[1] ?? '');
  const name = info
    .slice(info.lastIndexOf('/') + 1)
    .replace(/(?:-[^-]*)?\.(?:dist|egg)-info$/, '')
    .replaceAll('-', '_');
  const modules = [...said, ...recorded].filter((module) => /^\w+$/.test(module));
  return [...new Set(modules.length ? modules : [name, name.toLowerCase()])].sort();
}

function namesIn(workspace: Workspace, folder: string, pattern: RegExp): string[] {
  const directory = workspace.resolve(folder);
  if (directory === undefined) return [];
  try {
    return readdirSync(directory)
      .filter((name) => pattern.test(name))
      .sort()
      .slice(0, MAX_PACKAGES);
  } catch {
    return [];
  }
}
