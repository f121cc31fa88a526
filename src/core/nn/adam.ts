/**
 * Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) with weight decay beside the gradient (AdamW, arXiv 1711.05101)
 * and a bound on the gradient's length, over all parameters as one list of numbers [P].
 *
 * A pure pair: what was given is never changed. Left out: schedules of the learning rate, which the caller sets at
 * every step, and groups of parameters.
 */

export interface AdamState {
  /** Steps that were taken. */
  readonly step: number;
  /** [P] Running mean of the gradient. */
  readonly mean: Float32Array;
  /** [P] Running mean of its square. */
  readonly square: Float32Array;
}

export interface AdamSettings {
  readonly learningRate: number;
  /** Share of the old running mean that is kept; 0.9 by default. */
  readonly beta1?: number;
  /** Share of the old mean square that is kept; 0.999 by default. */
  readonly beta2?: number;
  /** Keeps the division sane; 1e-8 by default. */
  readonly epsilon?: number;
  /** A longer gradient is shortened to this length; as long as it is by default. */
  readonly clipNorm?: number;
  /** Share of each parameter that a step takes away, times the learning rate; 0 by default. */
  readonly weightDecay?: number;
}

export interface AdamStep {
  readonly state: AdamState;
  /** [P] */
  readonly parameters: Float32Array;
}

export function startAdam(size: number): AdamState {
  return { step: 0, mean: new Float32Array(size), square: new Float32Array(size) };
}

/** One step against the gradient [P]. Throws if that holds anything but finite numbers: they would stay for good. */
export function updateAdam(
  state: AdamState,
  parameters: Float32Array,
  gradient: Float32Array,
  settings: AdamSettings,
): AdamStep {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, clipNorm = Infinity, weightDecay = 0 } = settings;
  const size = parameters.length;
  if (gradient.length !== size || state.mean.length !== size)
    throw new RangeError(`Adam keeps ${state.mean.length} means for ${size} parameters, ${gradient.length} gradients.`);
  const norm = lengthOf(gradient);
  if (!Number.isFinite(norm)) throw new RangeError('The gradient is not finite. Lower the learning rate or clip it.');
  const scale = norm > clipNorm ? clipNorm / norm : 1;
  const step = state.step + 1;
  const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
  const [mean, square, moved] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const g = gradient[i]! * scale;
    const m = beta1 * state.mean[i]! + (1 - beta1) * g;
    const v = beta2 * state.square[i]! + (1 - beta2) * g * g;
    const direction = m / correction1 / (Math.sqrt(v / correction2) + epsilon);
    mean[i] = m;
    square[i] = v;
    moved[i] = parameters[i]! - learningRate * (direction + weightDecay * parameters[i]!);
  }
  return { state: { step, mean, square }, parameters: moved };
}

/** Euclidean length of a vector. */
export function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const each of vector) squares += each * each;
  return Math.sqrt(squares);
}
