import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '#core/rl/rng.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createPolicyStore, type PolicyStore } from './policyStore.ts';
import { StoreError } from './storeError.ts';

let directory = '';
let told: string[] = [];
beforeEach(() => {
  directory = join(makeTree({ x: '' }), 'policies', 'user');
  told = [];
});
afterAll(removeTrees);

const open = (): PolicyStore => createPolicyStore({ directory, tell: (sentence) => void told.push(sentence) });
const add = (mark: string, store = open()) => store.add({ model: markedModel(mark), report: learningReport() });
const numbers = async (store = open()): Promise<number[]> => (await store.list()).map(({ number }) => number);
const fileOf = (number: number, name = 'policy.onnx'): string =>
  join(directory, 'versions', String(number).padStart(4, '0'), name);
const currentFile = (): string => join(directory, 'current.json');

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return (error as StoreError).message;
}

describe('versions', () => {
  test('are none at first, and none of its own is in use', async () => {
    expect(await open().list()).toEqual([]);
    expect(await open().current()).toBeUndefined();
    expect(await open().inUse()).toEqual({ problems: [] });
    expect(await refusal(open().rollBack())).toBe('There is nothing to go back to: no version was in use here before.');
    expect(await open().lastUse()).toBeUndefined();
    await open().reset();
    expect(await open().current()).toBeUndefined();
  });

  test('come back as they were kept, with a card of their report', async () => {
    const [model, report] = [markedModel('one'), learningReport()];
    const added = await open().add({ model, report });
    const { sources, learned, held, before, after, gate } = report;
    expect(added).toEqual({
      number: 1,
      file: fileOf(1),
      card: {
        version: 1,
        number: 1,
        madeMs: report.endedMs,
        digest: expect.stringMatching(/^[0-9a-f]{16}$/),
        report: { sources, learned, held, before, after, gate },
      },
    });
    expect(await open().list()).toEqual([added]);
    expect(new Uint8Array(readFileSync(added.file))).toEqual(model);
    expect(await open().readReport(1)).toEqual(report);
    expect((await openPolicy(added.file)).digest).toBe(added.card.digest);
    expect(await open().current()).toBeUndefined();
  });

  test('have numbers that are never used again', async () => {
    await add('one');
    await add('two');
    rmSync(join(directory, 'versions', '0002'), { recursive: true });
    expect((await add('three')).number).toBe(3);
    rmSync(currentFile());
    expect((await add('four')).number).toBe(4);
  });

  test('are put in use, gone back from and reset, and all of it can be gone back from', async () => {
    for (const mark of ['one', 'two', 'three']) await add(mark);
    expect((await open().promote(1)).number).toBe(1);
    await open().promote(3);
    expect(await open().current()).toBe(3);
    await open().promote(3);
    expect(await open().rollBack()).toBe(1);
    await open().promote(2);
    await open().reset();
    expect(await open().current()).toBeUndefined();
    await open().reset();
    expect(await open().lastUse()).toMatchObject({ kind: 'reset' });
    expect(await open().rollBack()).toBe(2);
    expect(await open().lastUse()).toMatchObject({ kind: 'promote', number: 2 });
    expect(await open().rollBack()).toBe(1);
    expect(await open().rollBack()).toBeUndefined();
    expect(await refusal(open().rollBack())).toMatch(/^There is nothing to go back to/);
    expect(await numbers()).toEqual([1, 2, 3]);
    const { uses } = JSON.parse(readFileSync(currentFile(), 'utf8')) as { uses: { kind: string }[] };
    expect(uses.map(({ kind }) => kind).join(' ')).toBe(
      'promote promote rollBack promote reset rollBack rollBack rollBack',
    );
  });

  test('that are not there are not put in use', async () => {
    expect(await refusal(open().promote(7))).toMatch(
      /^Version 7 of the policy is damaged: there is no .*card\.json\. /,
    );
    expect(await refusal(open().readReport(7))).toMatch(/^Version 7 of the policy is damaged: there is no /);
    expect(await open().current()).toBeUndefined();
  });
});

describe('what is damaged is told and passed over:', () => {
  beforeEach(async () => {
    for (const mark of ['one', 'two']) await open().promote((await add(mark)).number);
  });

  const damages: readonly [what: string, damage: () => void, says: RegExp][] = [
    ['a cut model', () => truncateSync(fileOf(2), 30_000), /its model file is not the one that was kept/],
    ['an empty model', () => truncateSync(fileOf(2), 0), /its model file is not the one that was kept/],
    ['a flipped bit', () => flipBit(fileOf(2)), /its model file is not the one that was kept/],
    ['no model', () => rmSync(fileOf(2)), /there is no .*policy\.onnx/],
    ['a huge model', () => truncateSync(fileOf(2), 3e9), /policy\.onnx is too large/],
    ['a cut card', () => truncateSync(fileOf(2, 'card.json'), 60), /its card is not whole/],
    ['no card', () => rmSync(fileOf(2, 'card.json')), /there is no .*card\.json/],
    [
      'another version’s card',
      () => writeFileSync(fileOf(2, 'card.json'), readFileSync(fileOf(1, 'card.json'))),
      /card/,
    ],
    ['no object', () => writeFileSync(fileOf(2, 'card.json'), '[null, 1]'), /its card is not whole/],
    [
      'a folder for a model',
      () => (rmSync(fileOf(2)), mkdirSync(fileOf(2))),
      /Version 2 of the policy could not be read/,
    ],
    ['no folder', () => renameSync(join(directory, 'versions', '0002'), join(directory, 'away')), /there is no /],
  ];
  test.each(damages)('%s', async (_, damage, says) => {
    damage();
    const { version, problems } = await open().inUse();
    expect(version?.number).toBe(1);
    expect(problems).toEqual([expect.stringMatching(/^Version 2 of the policy .*\.$/)]);
    expect(problems[0]).toMatch(says);
    expect(await numbers()).toEqual([1]);
    expect(await refusal(open().promote(2))).toMatch(says);
    expect(await open().current()).toBe(1);
    truncateSync(fileOf(1), 9);
    expect((await open().inUse()).version).toBeUndefined();
    expect(await open().current()).toBeUndefined();
    const next = await add('three');
    expect(next.number).toBe(3);
    await open().promote(3);
    expect(await open().inUse()).toMatchObject({ version: { number: 3 }, problems: [] });
  });

  test('a damaged version that is not in use is told by the list alone', async () => {
    truncateSync(fileOf(1), 9);
    expect(await open().inUse()).toMatchObject({ version: { number: 2 }, problems: [] });
    expect(await numbers()).toEqual([2]);
    expect(told).toEqual([expect.stringMatching(/^Version 1 of the policy is damaged: /)]);
  });

  test('a report', async () => {
    truncateSync(fileOf(2, 'report.json'), 100);
    expect(await refusal(open().readReport(2))).toMatch(/its report is not whole/);
    for (const text of ['null', '{"version":1}', '[]', '{"version":2}']) {
      writeFileSync(fileOf(2, 'report.json'), text);
      expect(await refusal(open().readReport(2))).toMatch(/its report is not whole/);
    }
    expect(await open().current()).toBe(2);
  });

  test.each(['', '{"version":1,"last":2,"uses":[{"kind"', '{"version":2,"uses":[]}', '[]'])(
    'the file of what is in use: %s',
    async (text) => {
      writeFileSync(currentFile(), text);
      expect(await open().inUse()).toEqual({
        problems: [expect.stringMatching(/^Which version .* Promote a version/)],
      });
      expect(await open().current()).toBeUndefined();
      expect(await numbers()).toEqual([1, 2]);
      await open().promote(1);
      expect(await open().current()).toBe(1);
      expect(readFileSync(`${currentFile()}.bad`, 'utf8')).toBe(text);
      expect((await add('three')).number).toBe(3);
    },
  );
});

describe('a disk that refuses is said:', () => {
  test('a file stands where the folder should be', async () => {
    mkdirSync(join(directory, '..'), { recursive: true });
    writeFileSync(directory, 'a file');
    expect(await refusal(add('one'))).toMatch(/^The new version of the policy could not be kept\. .+\.$/);
    expect(await refusal(open().reset())).toMatch(/^The policy in use could not be changed\. .+\.$/);
    expect(await refusal(open().list())).toMatch(/^The versions of the policy could not be read\. .+\.$/);
    const { version, problems } = await open().inUse();
    expect([version, problems.length]).toEqual([undefined, 1]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('no permission', async () => {
    await open().promote((await add('one')).number);
    chmodSync(directory, 0o500);
    expect(await refusal(add('two'))).toMatch(/could not be kept \(.*\)\. The permission is missing/);
    expect(await refusal(open().reset())).toMatch(/could not be changed \(.*\)\. The permission is missing/);
    expect(await open().current()).toBe(1);
    chmodSync(directory, 0o700);
  });

  test('a model that is none of a policy’s size is not kept', async () => {
    const model = new Uint8Array(9_000_000);
    expect(await refusal(open().add({ model, report: learningReport() }))).toMatch(/its model file is too large\.$/);
    expect(await numbers()).toEqual([]);
  });
});

describe('processes', () => {
  const CHANGER = fileURLToPath(new URL('../../../test/fakes/changePolicies.ts', import.meta.url));
  const children: ChildProcess[] = [];
  const made = makeTree({
    'report.json': JSON.stringify(learningReport()),
    ...Object.fromEntries(['a', 'b', 'c'].map((mark) => [`${mark}.onnx`, markedModel(mark)])),
  });
  afterAll(() => void children.map((child) => child.kill('SIGKILL')));

  interface Said {
    /** What may be in use when it ended. */
    readonly either: readonly number[];
    readonly changes: number;
    readonly complaint: string;
  }

  interface Killing {
    /** Lines that it says before. */
    readonly lines: number;
    readonly afterMs: number;
  }

  /** Keeps versions and changes what is in use, until it is killed or through. */
  async function changePolicies(rounds: number, kill?: Killing, program: string[] = []): Promise<Said> {
    const [command, ...first] = [...program, process.execPath];
    const child = spawn(command, [...first, CHANGER, directory, made, String(rounds)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const closed = once(child, 'close');
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    let [either, changes, lines] = [[0], 0, 0];
    for await (const line of createInterface({ input: child.stdout })) {
      if (++lines === kill?.lines) setTimeout(() => child.kill('SIGKILL'), kill.afterMs);
      if (line === '"done"') [either, changes] = [[either.at(-1)!], changes + 1];
      else if (line.endsWith('}')) {
        const { before, next } = JSON.parse(line) as { before: number; next: number };
        either = [before, next];
      }
    }
    await closed;
    return { either, changes, complaint };
  }

  async function expectWhole(): Promise<number> {
    const { version, problems } = await open().inUse();
    expect(problems).toEqual([]);
    if (version) await (await openPolicy(version.file)).close();
    const kept = await numbers();
    expect(told).toEqual([]);
    expect(kept.map((number) => String(number).padStart(4, '0'))).toEqual(readdirSync(join(directory, 'versions')));
    return version?.number ?? 0;
  }

  test('that are killed at any moment leave what was in use or what was to be, and whole versions', async () => {
    // A long past, so that the file of what is in use takes some time to be written.
    const past = Array.from({ length: 8_000 }, (_, i) => ({
      kind: i % 2 ? 'rollBack' : 'promote',
      number: 1,
      atMs: i,
    }));
    mkdirSync(directory, { recursive: true });
    writeFileSync(currentFile(), JSON.stringify({ version: 1, last: 0, uses: past }));
    const rng = createRng(5);
    let changes = 0;
    for (let kill = 0; kill < 50; kill++) {
      const said = await changePolicies(1_000, { lines: 1 + (kill % 5), afterMs: rng.next() * 40 });
      changes += said.changes;
      expect(said.either).toContain(await expectWhole());
    }
    expect(changes).toBeGreaterThan(50);
    const before = await numbers();
    const { number } = await add('after the kills');
    expect(number).toBeGreaterThan(before.at(-1)!);
    await open().promote(number);
    expect(await expectWhole()).toBe(number);
    expect(readdirSync(directory).filter((name) => /^new-|\.new$|lock/.test(name))).toEqual([]);
  }, 180_000);

  test('that write at the same time keep all versions', async () => {
    await Promise.all([1, 2, 3].map(() => changePolicies(8)));
    expect(await numbers()).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    await expectWhole();
  });

  // A process that may write no more than so much gets an error in the middle of a file, as on a full disk.
  test.skipIf(process.platform !== 'linux')('that may not write to the end leave all as it was', async () => {
    await open().promote((await add('one')).number);
    const current = readFileSync(currentFile(), 'utf8');
    const { changes, complaint } = await changePolicies(1, undefined, ['prlimit', '--fsize=40000']);
    expect([changes, complaint]).toEqual([0, expect.stringMatching(/The new version of the policy could not be kept/)]);
    expect(await expectWhole()).toBe(1);
    expect([await numbers(), readFileSync(currentFile(), 'utf8')]).toEqual([[1], current]);
    await add('two');
    expect(readdirSync(directory).toSorted()).toEqual(['current.json', 'versions']);
    expect(statSync(fileOf(2)).size).toBeGreaterThan(60_000);
  });
});

function flipBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[40_000]! ^= 4;
  writeFileSync(file, bytes);
}
