import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGraph } from '#core/nn/graph.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { unflatten } from '#core/nn/parameterLayout.ts';
import { readMetadata } from '#core/nn/readMetadata.ts';
import { readParameters } from '#core/nn/readParameters.ts';
import { ACTIONS } from '#core/policy/inputs.ts';
import { stateOutputs } from '#core/policy/network.ts';
import {
  FEATURE_NAMES,
  parametersOfFile,
  policyFile,
  policyLayout,
  policyMisfit,
  untrainedParameters,
} from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { shakenParameters } from '../../../test/fakes/policyScene.ts';

const layout = policyLayout();
const parameters = shakenParameters(2);
const file = policyFile(parameters);
const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];

/** A model of the network's own graph that says something else of itself. */
function otherFile(metadata: Readonly<Record<string, string>>): Uint8Array {
  const graph = createGraph();
  const { logits, confidence } = stateOutputs(graph);
  const about = {
    kind: 'spoor searcher policy',
    features: JSON.stringify(FEATURE_NAMES),
    actions: JSON.stringify(ACTIONS),
    ...metadata,
  };
  return writeModel({
    graph,
    outputs: { logits, confidence },
    parameters: unflatten(layout, parameters),
    metadata: about,
  });
}

function smallModel(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const graph = createGraph();
  const table = graph.parameter('cite.weight', [2], () => new Float32Array(2));
  return writeModel({
    graph,
    outputs: { table },
    parameters: new Map([['cite.weight', new Float32Array(2)]]),
    metadata,
  });
}

describe('a policy file', () => {
  test('gives its parameters back to the last bit, whatever they are', () => {
    expect(bitsOf(parametersOfFile(file))).toEqual(bitsOf(parameters));
    const bits = fc.uint32Array({ minLength: layout.size, maxLength: layout.size, max: 0x7f7fffff });
    fc.assert(
      fc.property(bits, fc.boolean(), (drawn, negative) => {
        const values = new Float32Array(drawn.map((one) => (negative ? one | 0x80000000 : one)).buffer);
        expect(bitsOf(parametersOfFile(policyFile(values)))).toEqual(bitsOf(values));
      }),
      { seed: 3, numRuns: 5 },
    );
  });

  test('carries what is said about it beside the names of its inputs and actions', () => {
    const facts = readMetadata(policyFile(parameters, { run: 'a', kind: 'none', features: '[]' }));
    expect(facts).toMatchObject({
      ok: true,
      metadata: { run: 'a', features: JSON.stringify(FEATURE_NAMES), actions: JSON.stringify(ACTIONS) },
    });
    expect(policyMisfit(policyFile(parameters, { kind: 'none', features: '[]' }))).toBeUndefined();
    expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_NAMES.length);
  });

  test('is the same for the same parameters', () => {
    expect(Buffer.from(policyFile(parameters)).equals(file)).toBe(true);
    expect(untrainedParameters(7)).toEqual(untrainedParameters(7));
    expect(untrainedParameters(7)).not.toEqual(untrainedParameters(8));
  });

  const swapped = [FEATURE_NAMES[1]!, FEATURE_NAMES[0]!, ...FEATURE_NAMES.slice(2)];
  const otherVersion =
    /^This policy was made for another version: its .*\. Train it anew with this version, or use .*\.$/;
  const misfits: readonly [what: string, file: Uint8Array, says: RegExp | string][] = [
    [
      'of inputs in another order',
      otherFile({ features: JSON.stringify(swapped) }),
      'inputs differ at "candidate window"',
    ],
    ['with an input more', otherFile({ features: JSON.stringify([...FEATURE_NAMES, 'moon']) }), 'differ at "moon"'],
    ['with an input less', otherFile({ features: JSON.stringify(FEATURE_NAMES.slice(0, -1)) }), '"step words-left"'],
    ['that names no inputs', otherFile({ features: '{}' }), 'its inputs differ at the first'],
    ['of inputs that are no JSON', otherFile({ features: '[' }), 'its inputs differ at the first'],
    ['of inputs that are no text', otherFile({ features: '[[1], null]' }), 'inputs differ at "candidate window"'],
    [
      'of other actions',
      otherFile({ actions: JSON.stringify(['cite', 'buy', ...ACTIONS.slice(2)]) }),
      'actions differ at "read"',
    ],
    [
      'of other shapes',
      smallModel({
        kind: 'spoor searcher policy',
        features: JSON.stringify(FEATURE_NAMES),
        actions: JSON.stringify(ACTIONS),
      }),
      'have another shape',
    ],
  ];
  test.each(misfits)('%s is refused', (_, other, says) => {
    expect(policyMisfit(other)).toMatch(says);
    expect(policyMisfit(other)).toMatch(otherVersion);
    expect(() => parametersOfFile(other)).toThrow(policyMisfit(other)!);
  });

  test.each([
    [
      'another model',
      smallModel(),
      /^This model is no policy of Spoor\. Choose a file that "spoor train" has written\.$/,
    ],
    ['nothing', new Uint8Array(), /^This is no model, or a damaged one: .*\. Take the file anew, or leave .*\.$/],
    [
      'a text',
      new TextEncoder().encode('# Uploads\n\nHow they are retried.\n'),
      /^This is no model, or a damaged one: /,
    ],
  ])('%s is no policy', (_, other, says) => {
    expect(policyMisfit(other)).toMatch(says);
    expect(() => parametersOfFile(other)).toThrow(policyMisfit(other)!);
  });

  test('whose weights are no numbers is nothing to begin with', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const damaged = policyFile(parameters.slice().fill(value, 100, 101));
      expect(() => parametersOfFile(damaged)).toThrow(/^This policy is damaged: some of its weights are no numbers\. /);
    }
  });

  test('is refused with a sentence wherever it is cut off', () => {
    for (let i = 0; i < 120; i++) {
      const cut = file.subarray(0, Math.floor((i * file.length) / 120));
      expect(policyMisfit(cut), `cut at ${cut.length}`).toMatch(
        /^This (is no model|model is no policy|policy was made).*\.$/,
      );
      expect(() => readParameters(cut)).not.toThrow();
    }
  });

  test('is refused with a sentence, or gives as many parameters, whatever byte is damaged', () => {
    const rng = createRng(6);
    let refused = 0;
    for (let i = 0; i < 250; i++) {
      const damaged = file.slice();
      // Weights fill most of a file; its structure is rather hit by what is drawn near both ends.
      const at = Math.floor(rng.next() * (i % 3 ? 6_000 : file.length));
      damaged[i % 2 ? at : file.length - 1 - at]! ^= 1 << Math.floor(rng.next() * 8);
      const misfit = policyMisfit(damaged);
      if (misfit !== undefined) refused++;
      try {
        expect(parametersOfFile(damaged)).toHaveLength(layout.size);
      } catch (error) {
        expect((error as Error).message).toMatch(/^[A-Z].*\.$/s);
      }
    }
    expect(refused).toBeGreaterThan(10);
  });
});
