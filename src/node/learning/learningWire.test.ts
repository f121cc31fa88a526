import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFromLearning, parsePlan, parseToLearning } from '#node/learning/learningWire.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { learningReport } from '../../../test/fakes/policyVersions.ts';

const plan = learningPlan('/runs/one');
const report = learningReport();

test.each([
  { kind: 'start', plan },
  { kind: 'start', plan: { ...plan, start: '/a.onnx', rg: '/rg', appRoot: '/code', docs: false, git: false } },
  { kind: 'hold', isHeld: true },
  { kind: 'stop' },
])('the process takes %j', (message) => expect(parseToLearning(message)).toBe(message));

test.each([
  undefined,
  null,
  'stop',
  [],
  {},
  { kind: 'start' },
  { kind: 'start', plan: { ...plan, folders: '/' } },
  { kind: 'start', plan: { ...plan, minutes: Infinity } },
  { kind: 'start', plan: { ...plan, processes: -1 } },
  { kind: 'hold' },
  { kind: 'constructor' },
])('the process does not take %j', (message) => expect(parseToLearning(message)).toBeUndefined());

const metrics = { iteration: 1, reward: 0.5, klReference: 0, measures: {} };

test.each([
  { kind: 'event', event: { type: 'progress', phase: 'train', done: 0, total: 3 } },
  { kind: 'event', event: { type: 'progress', phase: 'after', done: 1, total: 3, leftMs: 10.5 } },
  { kind: 'event', event: { type: 'iteration', metrics } },
  { kind: 'event', event: { type: 'note', sentence: 'It rains.' } },
  { kind: 'rests', isResting: true },
  { kind: 'end', end: { kind: 'finished', report, version: 3 } },
  { kind: 'end', end: { kind: 'too-little', sentence: 'There is one.', missing: 9 } },
  { kind: 'end', end: { kind: 'stopped' } },
  { kind: 'failure', sentence: 'The disk is full.' },
])('the editor takes %j', (message) => expect(parseFromLearning(message)).toBe(message));

test.each([
  undefined,
  { kind: 'event', event: { type: 'progress', phase: 'sleep', done: 0, total: 3 } },
  { kind: 'event', event: { type: 'progress', phase: 'train', done: -1, total: 3 } },
  { kind: 'event', event: { type: 'iteration', metrics: { ...metrics, reward: NaN } } },
  { kind: 'end', end: { kind: 'finished', version: 3 } },
  { kind: 'end', end: { kind: 'finished', report: { ...report, gate: {} }, version: 3 } },
  { kind: 'failure' },
  { kind: 'rests', isResting: 'yes' },
])('the editor does not take %j', (message) => expect(parseFromLearning(message)).toBeUndefined());

test('anything at all is a message or none, and no plan', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (said) => {
      parseToLearning(said);
      parseFromLearning(said);
      expect(parsePlan(said)).toBeUndefined();
    }),
  );
});
