/** By what the policy that comes with Spoor is told from others. */
import { readFileSync } from 'node:fs';
import { shippedFile } from '#node/shippedFile.ts';
import { modelDigest } from '#node/stores/modelFile.ts';

/** Empty where it is not there: then nothing is of it. */
export function shippedDigest(): string {
  const file = shippedFile('searcher.onnx');
  return file === undefined ? '' : modelDigest(readFileSync(file));
}
