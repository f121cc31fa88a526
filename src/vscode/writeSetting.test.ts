import { expect, test } from 'vitest';
import { addToList, writeSetting, type WrittenSettings } from './writeSetting.ts';

interface Values {
  globalValue?: unknown;
  workspaceValue?: unknown;
}

/** Settings with one value, as the editor keeps them: the workspace's wins. */
function settingsOf(values: Values) {
  const settings: WrittenSettings = {
    inspect: <T>(key: string) => ({ key, ...values }) as ReturnType<typeof settings.inspect<T>>,
    update: (_, value, isOfUser) =>
      Promise.resolve(void (values[isOfUser ? 'globalValue' : 'workspaceValue'] = value as unknown)),
  };
  return { settings, inEffect: () => values.workspaceValue ?? values.globalValue };
}

test.each<Values>([{}, { globalValue: 'old' }, { workspaceValue: 'old' }, { globalValue: 'x', workspaceValue: 'old' }])(
  'a value that is written over %j is in effect',
  async (values) => {
    const { settings, inEffect } = settingsOf(values);
    await writeSetting(settings, 'model.name', 'new');
    expect(inEffect()).toBe('new');
  },
);

test.each<[Values, Values]>([
  [{}, { globalValue: ['new'] }],
  [{ globalValue: ['a'] }, { globalValue: ['a', 'new'] }],
  [{ globalValue: ['new'] }, { globalValue: ['new'] }],
  [{ globalValue: 'a' }, { globalValue: ['new'] }],
  [{ workspaceValue: ['docs/extra'] }, { workspaceValue: ['docs/extra', 'new'] }],
  [
    { globalValue: ['new'], workspaceValue: ['docs/extra'] },
    { globalValue: ['new'], workspaceValue: ['docs/extra', 'new'] },
  ],
  [
    { globalValue: ['a'], workspaceValue: { a: 1 } },
    { globalValue: ['a'], workspaceValue: ['new'] },
  ],
])('an entry added to %j is in effect', async (values, after) => {
  const { settings } = settingsOf(values);
  await addToList(settings, 'docs.folders', ['new']);
  expect(values).toEqual(after);
});
