import { describe, expect, test } from 'vitest';
import { choiceName, modelChoice, valuesOf, type ModelChoice, type ModelValues } from './modelChoice.ts';

const values = (change: Partial<ModelValues>): ModelValues => ({
  source: 'off',
  endpoint: 'http://localhost:11434/v1',
  name: 'qwen2.5-coder:7b',
  folder: '/models/tiny',
  ...change,
});

describe('the chosen model', () => {
  test.each<readonly [Partial<ModelValues>, ModelChoice, string]>([
    [{}, { source: 'off' }, ''],
    [{ source: 'perhaps' }, { source: 'off' }, ''],
    [
      { source: 'endpoint' },
      { source: 'endpoint', url: 'http://localhost:11434/v1', name: 'qwen2.5-coder:7b' },
      'qwen2.5-coder:7b',
    ],
    [{ source: 'endpoint', name: '' }, { source: 'off' }, ''],
    [{ source: 'endpoint', endpoint: '' }, { source: 'off' }, ''],
    [{ source: 'editor', name: 'copilot/gpt-5' }, { source: 'editor', vendor: 'copilot', id: 'gpt-5' }, 'gpt-5'],
    [{ source: 'editor', name: 'a/b/c' }, { source: 'editor', vendor: 'a', id: 'b/c' }, 'b/c'],
    [{ source: 'editor', name: 'gpt-5' }, { source: 'off' }, ''],
    [{ source: 'editor', name: '/gpt-5' }, { source: 'off' }, ''],
    [{ source: 'folder' }, { source: 'folder', folder: '/models/tiny' }, 'tiny'],
    [{ source: 'folder', folder: '/' }, { source: 'folder', folder: '/' }, '/'],
    [{ source: 'folder', folder: '' }, { source: 'off' }, ''],
  ])('of %j', (change, choice, name) => {
    expect(modelChoice(values(change))).toEqual(choice);
    expect(choiceName(choice)).toBe(name);
    expect(modelChoice(values(valuesOf(choice)))).toEqual(choice);
  });
});
