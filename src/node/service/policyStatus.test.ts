import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createSearcherPolicies, type WantedPolicy } from '#node/searcherPolicies.ts';
import { policySources } from '#node/policy/policySources.ts';
import { policyCardText, policyStatus } from '#node/service/policyStatus.ts';
import { policyFolders } from '#node/stores/policyFolders.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const MODEL = 'models/searcher.onnx';
const sha256 = createHash('sha256').update(readFileSync(MODEL)).digest('hex');

async function chosen(wanted: WantedPolicy | undefined) {
  const policies = createSearcherPolicies();
  const policy = await policies.choose(wanted);
  await policies.close();
  return policy;
}

describe('the policy in use', () => {
  test('is the shipped one by default', async () => {
    const policy = await chosen(undefined);
    expect(policyStatus(policy)).toEqual({
      name: 'learned',
      kind: 'shipped',
      version: 'shipped 2',
      number: 2,
      digest: sha256.slice(0, 16),
    });
    const card = policyCardText(policy);
    expect(card).toContain('# Policy: shipped 2\n');
    expect(card).toContain('from the histories of 54 public repositories');
    expect(card).toContain(`- 65,336 bytes, 15,043 weights\n- SHA-256 \`${sha256}\``);
  });

  test('may be one written by hand', async () => {
    expect(policyStatus(await chosen('hand'))).toEqual({
      name: 'hand',
      kind: 'hand',
      version: 'by hand',
      digest: '',
    });
    expect(policyStatus(await chosen('uniform')).version).toBe('by chance');
    expect(policyCardText(await chosen('hand'))).not.toContain('## File');
  });

  test('may be a model file', async () => {
    const file = join(makeTree({}), 'mine.onnx');
    copyFileSync(MODEL, file);
    const policy = await chosen(file);
    expect(policyStatus(policy)).toEqual({
      name: file,
      kind: 'file',
      version: 'mine.onnx',
      file,
      digest: sha256.slice(0, 16),
    });
    expect(policyCardText(policy)).toContain(`- \`${file}\`\n- 65,336 bytes\n`);
  });

  test('may be a version that was learned', async () => {
    const folders = policyFolders(makeTree({}), ['file:///w']);
    const store = createPolicyStore({ directory: folders.workspace });
    const { file, card } = await store.add({ model: markedModel('one'), report: learningReport() });
    await store.promote(1);
    const policy = await chosen(policySources({ folders: [makeTree({})], policies: folders }));
    expect(policyStatus(policy)).toEqual({
      name: 'this workspace 1',
      kind: 'workspace',
      version: 'this workspace 1',
      number: 1,
      file,
      digest: card.digest,
    });
    const text = policyCardText(policy);
    expect(text).toContain('# Policy: this workspace 1\n\nA policy that learned on this machine');
    expect(text).toContain('- 12 answers that were accepted or corrected\n');
    expect(text).toContain('It began with the policy "shipped 1".');
    expect(text).toContain('| this workspace: 64 | 0.612 | 0.655 | +0.043 (+0.012 to +0.074) |');
    expect(text).toContain('"Spoor: Roll Back"');
    expect(text).toContain(`- \`${file}\`\n`);
    expect(text).toContain(`SHA-256 \`${card.digest}`);
  });

  test('says why it is not the one that was wanted', async () => {
    const note = 'The learned policy could not be used.';
    const policy = { ...(await chosen('hand')), note };
    expect(policyStatus(policy).note).toBe(note);
    expect(policyCardText(policy)).toContain(note);
  });
});

test('the card beside the model is the card of that model', () => {
  const card = JSON.parse(readFileSync('models/searcher.json', 'utf8')) as Record<string, unknown>;
  expect(card).toMatchObject({ model: 'searcher.onnx', version: 2, weights: 15_043, corpus: 'corpus.json' });
  const script = readFileSync('scripts/trainModel.ts', 'utf8');
  expect(Number(/const VERSION = (\d+);/.exec(script)?.[1])).toBe(card['version']);
});
