/** The policy's network as models: one that learns, one that plays while it learns, and the file that is shipped. */
import { gradients } from '#core/nn/gradient.ts';
import { createGraph, type Tensor } from '#core/nn/graph.ts';
import { writeModel } from '#core/nn/onnx.ts';
import {
  flatten,
  initialParameters,
  parameterLayout,
  unflatten,
  type ParameterLayout,
} from '#core/nn/parameterLayout.ts';
import { readMetadata } from '#core/nn/readMetadata.ts';
import { readParameters } from '#core/nn/readParameters.ts';
import { ACTIONS, CANDIDATE_INPUTS, STATE_INPUTS, STEP_INPUTS, WORD_INPUTS } from '#core/policy/inputs.ts';
import { decisionOutputs, stateOutputs } from '#core/policy/network.ts';
import { lossInputs, policyLoss } from '#core/rl/loss.ts';
import { createRng } from '#core/rl/rng.ts';

/** Names of all inputs, in order. */
export const FEATURE_NAMES: readonly string[] = [
  ...CANDIDATE_INPUTS.map((name) => `candidate ${name}`),
  ...WORD_INPUTS.map((name) => `word ${name}`),
  ...STATE_INPUTS.map((name) => `state ${name}`),
  ...STEP_INPUTS.map((name) => `step ${name}`),
];

const KIND = 'spoor searcher policy';

/** Where the network's parameters lie. */
export function policyLayout(): ParameterLayout {
  const graph = createGraph();
  stateOutputs(graph);
  return parameterLayout(graph);
}

/** [P] */
export function untrainedParameters(seed: number): Float32Array {
  const graph = createGraph();
  stateOutputs(graph);
  return initialParameters(graph, createRng(seed));
}

/** What the network says of states; its parameters are fed at every run. */
export function playingModel(): Uint8Array {
  const graph = createGraph();
  return writeModel({ graph, outputs: { ...renamed(stateOutputs(graph)) }, parameters: 'inputs' });
}

/** Loss, its figures, and `by NAME`, its gradient by each parameter. */
export function learningModel(): Uint8Array {
  const graph = createGraph();
  const { logProb, entropy } = decisionOutputs(graph, stateOutputs(graph));
  const terms = policyLoss(logProb, entropy, lossInputs(graph, 'D'));
  return writeModel({ graph, outputs: { ...terms, ...slopes(graph, terms.loss) }, parameters: 'inputs' });
}

/** `by NAME`: the gradient of a loss by each parameter of its graph. */
export function slopes(graph: Tensor['graph'], loss: Tensor): Record<string, Tensor> {
  const { entries } = parameterLayout(graph);
  return Object.fromEntries(
    gradients(graph, loss, graph.parameters).map((slope, i) => [slopeOf(entries[i]!.name), slope] as const),
  );
}

/** Name of the output that has the gradient by a parameter. */
export const slopeOf = (parameter: string): string => `by ${parameter}`;

/** The file that is shipped. */
export function policyFile(parameters: Float32Array, about: Readonly<Record<string, string>> = {}): Uint8Array {
  const graph = createGraph();
  const outputs = renamed(stateOutputs(graph));
  const metadata = { ...about, kind: KIND, features: JSON.stringify(FEATURE_NAMES), actions: JSON.stringify(ACTIONS) };
  return writeModel({ graph, outputs, parameters: unflatten(parameterLayout(graph), parameters), metadata });
}

/** Outputs may not be called as parameters are. */
const renamed = ({ logits, confidence, sameFile, step }: ReturnType<typeof stateOutputs>): Record<string, Tensor> => ({
  logits,
  confidence,
  sameFileWeights: sameFile,
  stepWeights: step,
});

/** Why a file is no policy of this version: a sentence that says what to do; undefined if it is one. */
export function policyMisfit(file: Uint8Array): string | undefined {
  const facts = readMetadata(file);
  if (!facts.ok) return `${facts.reason} Take the file anew, or leave the choice of the policy to Spoor.`;
  const { kind, features, actions } = facts.metadata;
  if (kind !== KIND) return 'This model is no policy of Spoor. Choose a file that "spoor train" has written.';
  const remedy = 'Train it anew with this version, or use the version of Spoor that it was made with.';
  for (const [what, said, expected] of [
    ['input', features, FEATURE_NAMES],
    ['action', actions, ACTIONS],
  ] as const) {
    const difference = firstDifference(said, expected);
    if (difference !== undefined)
      return `This policy was made for another version: its ${what}s differ at ${difference}. ${remedy}`;
  }
  const shapes = new Map(facts.initialisers.map(({ name, shape }) => [name, shape.join('×')]));
  const wrong = policyLayout().entries.find(({ name, shape }) => shapes.get(name) !== shape.join('×'));
  return wrong && `This policy was made for another version: its weights "${wrong.name}" have another shape. ${remedy}`;
}

function firstDifference(said: string | undefined, expected: readonly string[]): string | undefined {
  let names: unknown;
  try {
    names = JSON.parse(said ?? '');
  } catch {
    return 'the first, which is not named';
  }
  if (!Array.isArray(names)) return 'the first, which is not named';
  const length = Math.max(names.length, expected.length);
  for (let i = 0; i < length; i++)
    if (names[i] !== expected[i]) return `"${expected[i] ?? String(names[i]).slice(0, 60)}"`;
  return undefined;
}

/** [P] of a file. Throws an Error with a sentence for one that does not fit. */
export function parametersOfFile(file: Uint8Array): Float32Array {
  const misfit = policyMisfit(file);
  if (misfit !== undefined) throw new Error(misfit);
  const parameters = flatten(policyLayout(), readParameters(file) ?? new Map());
  if (parameters.every(Number.isFinite)) return parameters;
  throw new Error('This policy is damaged: some of its weights are no numbers. Take the file anew, or train it anew.');
}
