import { expect, test } from 'vitest';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { renewedPlan } from './renewedPlan.ts';

const kept = learningPlan('/run', {
  feedback: ['/feedback.jsonl'],
  git: true,
  docs: true,
  docsFolders: ['/docs'],
  rg: '/workspace/rg',
  appRoot: '/code',
});
const present = { docs: false, git: true, docsFolders: [], minutes: 3, processes: 2 };

test('a run that is taken up goes by the settings of now, and runs no program that they do not name', () => {
  const { rg: _rg, appRoot: _appRoot, ...rest } = kept;
  expect(renewedPlan(kept, present)).toEqual({ ...rest, ...present });
  expect(renewedPlan(kept, { ...present, rg: '/usr/bin/rg' }).rg).toBe('/usr/bin/rg');
});

test('where git may not be run any more there is no history either', () => {
  expect(renewedPlan(kept, { ...present, git: false })).toMatchObject({ git: false, history: false });
  expect(renewedPlan({ ...kept, history: false }, present)).toMatchObject({ git: true, history: false });
});
