import { expect, test } from 'vitest';
import { proseOverhead } from '../../scripts/proseOverhead.ts';

/** The lower quartile: what else a busy machine does at the same time is not Spoor's. */
test('the first words of a model are there within 30 ms of when a bare request has its first byte', async () => {
  const { bareMs, proseMs } = await proseOverhead(20);
  expect(proseMs[5]! - bareMs[5]!).toBeLessThanOrEqual(30);
});
