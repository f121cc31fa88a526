import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { writeModel } from '#core/nn/onnx.ts';
import { createGraph } from '#core/nn/graph.ts';
import { add } from '#core/nn/ops.ts';
import { policyFile } from '#core/policy/policyModel.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { modelDigest, MOST_MODEL_BYTES } from '#node/stores/modelFile.ts';
import { policySources } from '#node/policy/policySources.ts';
import { createSearcherPolicies, type ChosenPolicy } from '#node/searcherPolicies.ts';
import { policyFolders } from '#node/stores/policyFolders.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import type { PolicyFolders, PolicyScope } from '#node/stores/policyVersion.ts';
import { playScene, shakenParameters } from '../../../test/fakes/policyScene.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

let workspace = '';
let policies: PolicyFolders;
const opened = createSearcherPolicies();
beforeEach(() => {
  workspace = join(makeTree({ 'w/src/a.ts': '' }), 'w');
  policies = policyFolders(join(makeTree({}), 'policies'), [`file://${workspace}`]);
});
afterAll(async () => {
  await opened.close();
  removeTrees();
});

const TEAM = 'tools/policy.onnx';
const teamFile = (): string => join(workspace, TEAM);
function hand(out: Uint8Array | string): void {
  mkdirSync(join(workspace, 'tools'), { recursive: true });
  writeFileSync(teamFile(), out);
}
async function promote(scope: PolicyScope, model: Uint8Array): Promise<string> {
  const store = createPolicyStore({ directory: policies[scope] });
  const { number, file } = await store.add({ model, report: learningReport() });
  await store.promote(number);
  return file;
}
const choose = (policyPath?: string, folders = [workspace]): Promise<ChosenPolicy> =>
  opened.choose(policySources({ folders, policies, ...(policyPath !== undefined && { policyFile: policyPath }) }));
const chosenName = async (policyPath?: string): Promise<string> => (await choose(policyPath)).policy.name;

describe('the policy that answers', () => {
  test('is the team’s, else the workspace’s, else the user’s, else the shipped one, from one question to the next', async () => {
    expect(await chosenName(TEAM)).toBe('learned');
    await promote('user', markedModel('user'));
    expect(await chosenName()).toBe('yours 1');
    await promote('workspace', markedModel('a'));
    expect(await chosenName()).toBe('this workspace 1');
    await promote('workspace', markedModel('b'));
    const second = await choose();
    expect([second.policy.name, second.digest]).toEqual(['this workspace 2', modelDigest(markedModel('b'))]);
    hand(markedModel('team'));
    const team = await choose(TEAM);
    expect([team.policy.name, team.digest, team.note]).toEqual(['team', modelDigest(markedModel('team')), undefined]);
    hand(markedModel('pulled'));
    expect((await choose(TEAM)).digest).toBe(modelDigest(markedModel('pulled')));
    await createPolicyStore({ directory: policies.workspace }).rollBack();
    expect(await chosenName()).toBe('this workspace 1');
    await createPolicyStore({ directory: policies.workspace }).reset();
    expect(await chosenName()).toBe('yours 1');
    await createPolicyStore({ directory: policies.user }).reset();
    expect(await choose()).toMatchObject({ policy: { name: 'learned' } });
    expect((await choose()).note).toBeUndefined();
  });

  test('is the user’s where no folder is open', async () => {
    await promote('user', markedModel('user'));
    await promote('workspace', markedModel('a'));
    expect((await choose(TEAM, [])).policy.name).toBe('yours 1');
  });

  test('searches as its model file does', async () => {
    const model = policyFile(shakenParameters(8));
    const file = await promote('workspace', model);
    const [own, direct] = [await choose(), await openPolicy(file)];
    const [a, b] = [await playScene(own.policy, { seed: 1 }), await playScene(direct.policy, { seed: 1 })];
    expect(a.steps.map(({ decision }) => decision)).toEqual(b.steps.map(({ decision }) => decision));
    const shipped = await openPolicy('learned');
    const c = await playScene(shipped.policy, { seed: 1 });
    expect(a.steps.map(({ decision }) => decision)).not.toEqual(c.steps.map(({ decision }) => decision));
    await Promise.all([direct.close(), shipped.close()]);
  });
});

describe('a policy that cannot be used leaves its place to the next, and the note says why:', () => {
  function otherModel(): Uint8Array {
    const graph = createGraph();
    const x = graph.parameter('weight', [1], () => new Float32Array(1));
    return writeModel({ graph, outputs: { twice: add(x, x) }, parameters: new Map([['weight', new Float32Array(1)]]) });
  }

  const NOT_THERE =
    /^The policy file of the workspace, "tools\/policy\.onnx", is not there, or leads out of it\. Correct /;
  const teams: readonly [what: string, make: () => void, says: RegExp][] = [
    ['it is not there', () => undefined, NOT_THERE],
    ['it is a folder', () => mkdirSync(teamFile(), { recursive: true }), /cannot be read\. Correct the setting/],
    ['it is a pipe', () => pipe(), /cannot be read\. Correct the setting/],
    ['it is huge', () => (hand(''), truncateSync(teamFile(), MOST_MODEL_BYTES + 1)), /is too large for a policy\./],
    ['it is empty', () => hand(''), /^The policy "team" cannot be used\. This is no model, or a damaged one: /],
    [
      'it is text',
      () => hand('no model\n'),
      /^The policy "team" cannot be used\. This is no model, or a damaged one: /,
    ],
    [
      'it is cut',
      () => hand(markedModel('t').subarray(0, 30_000)),
      /^The policy "team" cannot be used\. This is no model/,
    ],
    ['it is another model', () => hand(otherModel()), /^The policy "team" cannot be used\. This model is no policy of/],
    ['its weights are no numbers', () => hand(policyFile(shakenParameters(8).fill(NaN))), /some of its weights are no/],
    ['it links out', () => link('../../outside.onnx'), NOT_THERE],
    ['it links to a whole path', () => link(join(process.cwd(), 'models/searcher.onnx')), NOT_THERE],
  ];
  test.each(teams)('the team’s, because %s', async (_, make, says) => {
    await promote('workspace', markedModel('a'));
    make();
    const { policy, note } = await choose(TEAM);
    expect(policy.name).toBe('this workspace 1');
    expect(note).toMatch(says);
    expect(note).toMatch(/\. So the policy "this workspace 1" searched\.$/);
  });

  test.each(['../outside.onnx', '/etc/hostname', 'tools/../../outside.onnx', 'a\0b', '..', ''])(
    'the team’s, because it leads out: %j',
    async (path) => {
      writeFileSync(join(workspace, '..', 'outside.onnx'), markedModel('out'));
      const { policy, note } = await choose(path);
      expect(policy.name).toBe('learned');
      if (path)
        expect(note).toMatch(/, is not there, or leads out of it\. .* So the policy that comes with Spoor searched\.$/);
    },
  );

  test('a damaged version, for the one before it', async () => {
    await promote('workspace', markedModel('a'));
    truncateSync(await promote('workspace', markedModel('b')), 30_000);
    const { policy, note } = await choose();
    expect(policy.name).toBe('this workspace 1');
    expect(note).toMatch(/^Version 2 of the policy is damaged: .* So the policy "this workspace 1" searched\.$/);
  });

  test('a version of another Spoor, for the user’s, and that for the shipped one', async () => {
    await promote('workspace', otherModel());
    await promote('user', markedModel('user'));
    expect((await choose()).note).toMatch(
      /^The policy "this workspace 1" cannot be used\. .* So the policy "yours 1" /,
    );
    await promote('user', otherModel());
    const { policy, note } = await choose();
    expect(policy.name).toBe('learned');
    expect(note).toMatch(
      /^The policy "this .* The policy "yours 2" .* So the policy that comes with Spoor searched\.$/,
    );
  });

  test('and what cannot be used of a policy that is not asked does not matter', async () => {
    truncateSync(await promote('user', markedModel('user')), 9);
    await promote('workspace', markedModel('a'));
    expect((await choose()).note).toBeUndefined();
  });

  function pipe(): void {
    mkdirSync(join(workspace, 'tools'));
    expect(spawnSync('mkfifo', [teamFile()]).status).toBe(0);
  }

  function link(target: string): void {
    writeFileSync(join(workspace, '..', 'outside.onnx'), readFileSync('models/searcher.onnx'));
    mkdirSync(join(workspace, 'tools'));
    symlinkSync(target, teamFile());
  }
});
