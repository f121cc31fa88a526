/** What package.json tells the editor, its translations and the code of the editor's side agree with each other. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Manifest {
  readonly main: string;
  readonly l10n: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Record<string, string>;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
    readonly menus: Record<string, readonly { readonly command: string; readonly when: string }[]>;
    readonly views: Record<string, readonly { readonly id: string; readonly icon: string }[]>;
    readonly viewsContainers: Record<string, readonly { readonly id: string; readonly icon: string }[]>;
    readonly configuration: { readonly properties: Record<string, Setting> };
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
  };
}

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
}

interface Step {
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

type Texts = Record<string, string>;

const read = (path: string): string => readFileSync(path, 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const { contributes } = manifest;
const texts = JSON.parse(read('package.nls.json')) as Texts;
const german = JSON.parse(read('package.nls.de.json')) as Texts;
const settings = contributes.configuration.properties;
const contributed = contributes.commands.map(({ command }) => command);

const sources = ['src/extension.ts', ...globSync('src/vscode/**/*.ts')].filter((path) => !path.endsWith('.test.ts'));
const code = sources.map(read).join('\n');
const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((m) => m[1]!)),
];

/** The names of the table of commands, and those that are registered elsewhere. */
const tableText = read('src/vscode/commands/commands.ts');
const tabled = [...tableText.matchAll(/Record<string, Command>> = \{([^}]*)\}/g)].flatMap((table) =>
  matches(table[1]!, /(\w+)/g).map((name) => `spoor.${name}`),
);
const registered = [...tabled, ...matches(code, /registerCommand\(\s*'(spoor\.\w+)'/g)];

describe('commands', () => {
  test('in package.json are those of the issue, and each has code', () => {
    expect(contributed.toSorted()).toEqual(
      [
        'spoor.acceptLastAnswer',
        'spoor.addDocsFolder',
        'spoor.addDocsSite',
        'spoor.ask',
        'spoor.askAboutSelection',
        'spoor.chooseModel',
        'spoor.comparePolicies',
        'spoor.deleteMyData',
        'spoor.doctor',
        'spoor.explainSymbol',
        'spoor.exportFeedback',
        'spoor.forgetModelKeys',
        'spoor.importFeedback',
        'spoor.narrow',
        'spoor.newConversation',
        'spoor.openInEditor',
        'spoor.openPage',
        'spoor.pauseDocsIndex',
        'spoor.pauseTraining',
        'spoor.promotePolicy',
        'spoor.rebuildDocsIndex',
        'spoor.resetPolicy',
        'spoor.resumeDocsIndex',
        'spoor.resumeTraining',
        'spoor.rollBackPolicy',
        'spoor.saveTrainingReport',
        'spoor.setModelKey',
        'spoor.showHistory',
        'spoor.showPolicyCard',
        'spoor.showTrainingReport',
        'spoor.stopTraining',
        'spoor.trainFromAnswers',
        'spoor.trainOnBoth',
        'spoor.trainOnHistory',
      ].toSorted(),
    );
    expect(contributed.filter((command) => !registered.includes(command))).toEqual([]);
  });

  test('of the code are in package.json, links and own menus aside', () => {
    const own = [
      'acceptAnswer',
      'openAnswer',
      'openPlace',
      'openSettings',
      'showMenu',
      'showTrainingMenu',
      'explainAt',
      'openCommit',
    ].map((name) => `spoor.${name}`);
    expect(registered.filter((command) => !contributed.includes(command)).toSorted()).toEqual(own.toSorted());
    expect(new Set(registered).size).toBe(registered.length);
  });

  test('that are run or linked by name exist', () => {
    const links = Object.values({ ...texts, ...german }).flatMap((text) => matches(text, /command:(spoor\.\w+)/g));
    const called = [
      ...matches(code, /executeCommand\('(spoor\.\w+)'/g),
      ...matches(code, /commandLink\([^)]*'(spoor\.\w+)'/g),
      ...matches(read('src/vscode/commands/aboutCommands.ts'), /command\([^\n]*, '(\w+)'/g).map(
        (name) => `spoor.${name}`,
      ),
      ...links,
    ];
    expect(called.length).toBeGreaterThan(10);
    expect(called.filter((command) => !registered.includes(command))).toEqual([]);
  });

  test('of menus and keys are in package.json', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
    expect(used.filter((command) => !contributed.includes(command))).toEqual([]);
  });

  test('ask by a key', () => {
    expect(contributes.keybindings).toContainEqual(expect.objectContaining({ command: 'spoor.ask' }));
  });

  test('hang on facts that the code sets', () => {
    const conditions = [
      ...Object.values(contributes.menus)
        .flat()
        .map(({ when }) => when),
      ...contributes.commands.flatMap(({ enablement }) => enablement ?? []),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents)),
    ].join(' ');
    const views = Object.values(contributes.views).flatMap((group) => group.map(({ id }) => id));
    const facts = matches(conditions, /(?<!onCommand:|onSettingChanged:)\b(spoor\.\w+)/g).filter(
      (name) => !views.includes(name) && !new RegExp(`(CHAT_EDITOR|REPORT) = '${name}'`).test(code),
    );
    const set = [
      ...matches(code, /'setContext', '(spoor\.\w+)'/g),
      ...matches(code, /setFact\('(\w+)'/g).map((name) => `spoor.${name}`),
    ];
    expect(facts.toSorted()).toEqual([
      'spoor.accepted',
      'spoor.answered',
      'spoor.docsPaused',
      'spoor.opened',
      'spoor.training',
      'spoor.trainingPaused',
    ]);
    expect(facts.filter((fact) => !set.includes(fact))).toEqual([]);
  });
});

describe('settings', () => {
  test('are each read by the code, and the code reads no others', () => {
    const read = [
      ...matches(code, /(?:isOn|textSetting|numberSetting|listSetting|get|getSetting)\('([\w.]+)'/g),
      ...matches(code, /addToSetting\('([\w.]+)'/g),
    ];
    const short = Object.keys(settings).map((name) => name.replace(/^spoor\./, ''));
    const isRead = (name: string): boolean => read.includes(name) || read.includes(name.replace(/^hover\./, ''));
    expect(short.filter((name) => !isRead(name))).toEqual([]);
    expect(read.filter((name) => name.includes('.') && !short.includes(name))).toEqual([]);
  });

  test('say what they are, and have a type, a default and a place', () => {
    for (const [name, setting] of Object.entries(settings)) {
      expect(setting, name).toMatchObject({ markdownDescription: `%${name.replace('spoor.', 'setting.')}%` });
      expect(setting.default, name).not.toBeUndefined();
      expect(['window', 'machine-overridable', 'resource'], name).toContain(setting.scope);
      expect(setting.markdownEnumDescriptions?.length, name).toBe(setting.enum?.length);
    }
    const orders = Object.values(settings).map(({ order }) => order);
    expect(orders).toEqual(orders.map((_, i) => i + 1));
  });

  test('that name programs, models or docs are not taken from an untrusted workspace', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    expect(restrictedConfigurations.toSorted()).toEqual(
      [
        'spoor.docs.folders',
        'spoor.docs.sites',
        'spoor.model.endpoint',
        'spoor.model.folder',
        'spoor.model.name',
        'spoor.model.source',
        'spoor.policy',
        'spoor.policyFile',
        'spoor.ripgrepPath',
        'spoor.runtime',
      ].toSorted(),
    );
    expect(restrictedConfigurations.filter((name) => !settings[name])).toEqual([]);
  });
});

describe('the extension', () => {
  test('starts after the editor, and never for everything', () => {
    expect(manifest.activationEvents).not.toContain('*');
    expect(manifest.activationEvents).toContain('onStartupFinished');
  });

  test('is typed by the editor that it asks for', () => {
    expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
  });

  test('runs where the files are, and says that it needs files', () => {
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
  });

  test('has the views that the code shows', () => {
    const ids = Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id));
    expect(ids).toEqual(matches(code, /CHAT_VIEW = '([\w.]+)'/g));
    const containers = Object.values(contributes.viewsContainers).flat();
    expect(Object.keys(contributes.views)).toEqual(containers.map(({ id }) => id));
    for (const { icon } of [...containers, ...Object.values(contributes.views).flat()])
      expect(existsSync(icon)).toBe(true);
  });
});

describe('the walkthrough', () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

  test('has four steps, each with a picture in the colours of the theme', () => {
    expect(steps).toHaveLength(4);
    for (const { media } of steps) {
      const picture = read(media.svg);
      expect(picture).not.toMatch(/#[0-9a-f]{3,8}\b|rgb|<script|href/i);
      expect(picture).toMatch(/var\(--vscode-/);
    }
  });

  test('ends its steps with what exists', () => {
    const events = steps.flatMap(({ completionEvents }) => completionEvents);
    for (const event of events) {
      const [kind, name] = event.split(':') as [string, string];
      if (kind === 'onCommand') expect(contributed).toContain(name);
      else if (kind === 'onSettingChanged') expect(Object.keys(settings)).toContain(name);
      else expect(kind).toBe('onContext');
    }
  });
});

describe('translations', () => {
  const places = (text: string): string[] => [...text.matchAll(/\{\d\}/g)].map((match) => match[0]).toSorted();
  const bundle = JSON.parse(read(`${manifest.l10n}/bundle.l10n.json`)) as Texts;
  const germanBundle = JSON.parse(read(`${manifest.l10n}/bundle.l10n.de.json`)) as Texts;
  const sentences = sources.flatMap((path) =>
    [...read(path).matchAll(/(?<![\w.])(?:(?:vscode\.)?l10n\.)?t\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g)].map(
      // A literal of the language, which JSON knows with double quotes only.
      (match) =>
        JSON.parse(
          match[1]!.startsWith('"') ? match[1]! : `"${match[1]!.slice(1, -1).replaceAll('"', '\\"')}"`,
        ) as string,
    ),
  );

  test('of package.json are whole, and none is left over', () => {
    const used = matches(JSON.stringify(manifest), /"%([\w.]+)%"/g).toSorted();
    expect(Object.keys(texts).toSorted()).toEqual(used);
    expect(Object.keys(german).toSorted()).toEqual(used);
  });

  test('of the code are whole, and none is left over', () => {
    const used = [...new Set(sentences)].toSorted();
    expect(used.length).toBeGreaterThan(100);
    expect(Object.keys(bundle).toSorted()).toEqual(used);
    expect(Object.keys(germanBundle).toSorted()).toEqual(used);
  });

  test('say every sentence by a literal, so that it can be found here', () => {
    const calls = sources.flatMap((path) => [...read(path).matchAll(/(?<![\w.])(?:(?:vscode\.)?l10n\.)?t\(/g)]);
    expect(sentences).toHaveLength(calls.length);
  });

  test('have a text, the same places and the same commands', () => {
    for (const [key, text] of [...Object.entries(texts), ...Object.entries(bundle)]) {
      const other = german[key] ?? germanBundle[key]!;
      expect(other.trim(), key).not.toBe('');
      expect(places(other), key).toEqual(places(text));
      expect(matches(other, /(command:[\w.]+)/g), key).toEqual(matches(text, /(command:[\w.]+)/g));
    }
  });
});
