import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { startTraining } from '#core/rl/iteration.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#node/training/checkpointFile.ts';
import { readCheckpoint, readNewest, writeCheckpoint, type Checkpoint } from '#node/training/checkpoints.ts';
import { misfitOf, type PolicyIdentity } from '#node/training/trainedPolicy.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-checkpoints-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const identity: PolicyIdentity = { features: ['a', 'b'], actions: ['x'], layout: [{ name: 'w', shape: [2, 1] }] };

function checkpointAt(iteration: number): Checkpoint {
  const state = startTraining(Float32Array.of(iteration, -0, 1e-40, NaN), 7);
  return { state: { ...state, iteration, drawn: 3 * iteration }, identity, configHash: 'hash' };
}

describe('the bytes of a checkpoint', () => {
  it('come back to the last bit', () =>
    fc.assert(
      fc.property(
        fc.json(),
        fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.float32Array(), { noNullPrototype: true }),
        (json, arrays) => {
          const content = { header: JSON.parse(json) as unknown, arrays };
          expect(decodeCheckpoint(encodeCheckpoint(content))).toStrictEqual(content);
        },
      ),
      { seed: 3, numRuns: 200 },
    ));

  it('are known to be damaged by any change and any cut', () => {
    const bytes = encodeCheckpoint({ header: { iteration: 3 }, arrays: { p: Float32Array.of(1, 2, 3) } });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[place]! ^= change;
        expect(decodeCheckpoint(damaged)).toBeUndefined();
        expect(decodeCheckpoint(bytes.subarray(0, place))).toBeUndefined();
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('checkpoints', () => {
  it('keep the start and the last two', () => {
    const folder = join(base, 'kept');
    for (const iteration of [0, 5, 10, 15, 12]) writeCheckpoint(folder, checkpointAt(iteration));
    expect(readdirSync(folder).sort()).toEqual(['00000010.checkpoint', '00000012.checkpoint', 'start.checkpoint']);
    expect(readNewest(folder)).toEqual({ checkpoint: checkpointAt(12), notes: [] });
  });

  it('are read from the one before, or the start, when newer ones are damaged or half-written', () => {
    const folder = join(base, 'damaged');
    for (const iteration of [0, 1, 2]) writeCheckpoint(folder, checkpointAt(iteration));
    const damage = (name: string): void => {
      const bytes = readFileSync(join(folder, name));
      writeFileSync(join(folder, name), bytes.subarray(0, bytes.length >> 1));
    };
    damage('00000002.checkpoint');
    writeFileSync(join(folder, '00000003.checkpoint.1.999999999.new'), 'half');
    expect(readNewest(folder)).toEqual({ checkpoint: checkpointAt(1), notes: [expect.stringContaining('is damaged')] });
    damage('00000001.checkpoint');
    expect(readNewest(folder)).toMatchObject({ checkpoint: checkpointAt(0), notes: { length: 2 } });
    damage('start.checkpoint');
    expect(() => readNewest(folder)).toThrow(/start\.checkpoint is damaged or no checkpoint of Spoor\. Name another/);
    expect(() => readCheckpoint(join(folder, 'none'))).toThrow(/cannot be read: ENOENT/);
  });

  it.each([
    [{}, undefined],
    [{ features: ['a'] }, 'it has no feature b'],
    [{ features: ['a', 'b', 'c'] }, 'it has the feature c, which this version does not know'],
    [{ features: ['b', 'a'] }, 'its features stand in another order'],
    [{ actions: [] }, 'it has no action x'],
    [{ layout: [{ name: 'w', shape: [3, 1] }] }, 'it has no weight w (2 × 1)'],
  ])('fit by their names: %j', (change, misfit) => expect(misfitOf({ ...identity, ...change }, identity)).toBe(misfit));
});
