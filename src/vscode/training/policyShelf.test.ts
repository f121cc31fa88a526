import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createPolicyStore, type PolicyStore } from '#node/stores/policyStore.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { policyShelf, type PolicyShelf } from './policyShelf.ts';

let workspace: PolicyStore;
let user: PolicyStore;
let shelf: PolicyShelf;
beforeEach(() => {
  const folder = makeTree({ x: '' });
  workspace = createPolicyStore({ directory: join(folder, 'workspace') });
  user = createPolicyStore({ directory: join(folder, 'user') });
  shelf = policyShelf({ workspace, user });
});
afterAll(removeTrees);

const add = async (store: PolicyStore, mark: string, endedMs = 1_000): Promise<void> =>
  void (await store.add({ model: markedModel(mark), report: learningReport({ endedMs }) }));

/** The version that answers, by whose it is and its number. */
async function answering(): Promise<string> {
  const used = await shelf.inUse();
  return used ? `${used.scope} ${used.version.number}` : 'shipped';
}

test('lists the latest first, and says which answers: the workspace before the user', async () => {
  await add(workspace, 'a', 1_000);
  await add(user, 'b', 3_000);
  await add(workspace, 'c', 2_000);
  expect(await answering()).toBe('shipped');
  await user.promote(1);
  expect(await answering()).toBe('user 1');
  await workspace.promote(2);
  const found = await shelf.list();
  expect(found.map(({ scope, version, isInUse }) => [scope, version.number, isInUse])).toEqual([
    ['user', 1, false],
    ['workspace', 2, true],
    ['workspace', 1, false],
  ]);
});

test('a version is put in use in this workspace, and that is undone', async () => {
  await add(workspace, 'a');
  await add(workspace, 'b');
  await shelf.promote({ scope: 'workspace', number: 1 }, 'workspace');
  const undo = await shelf.promote({ scope: 'workspace', number: 2 }, 'workspace');
  expect(await answering()).toBe('workspace 2');
  await undo();
  expect(await answering()).toBe('workspace 1');
  await shelf.rollBack();
  expect(await answering()).toBe('shipped');
});

test('what is in use already is put in use again, and undoing that changes nothing', async () => {
  await add(workspace, 'a');
  await shelf.promote({ scope: 'workspace', number: 1 }, 'workspace');
  await (
    await shelf.promote({ scope: 'workspace', number: 1 }, 'workspace')
  )();
  expect(await answering()).toBe('workspace 1');
});

test('a version for all workspaces is copied once, answers here too, and that is undone', async () => {
  await add(workspace, 'a');
  await shelf.promote({ scope: 'workspace', number: 1 }, 'workspace');
  const undo = await shelf.promote({ scope: 'workspace', number: 1 }, 'user');
  expect(await answering()).toBe('user 1');
  expect(await shelf.readReport({ scope: 'user', number: 1 })).toEqual(
    await shelf.readReport({ scope: 'workspace', number: 1 }),
  );
  await undo();
  expect(await answering()).toBe('workspace 1');
  expect(await user.current()).toBeUndefined();
  await shelf.promote({ scope: 'workspace', number: 1 }, 'user');
  expect((await user.list()).length).toBe(1);
});

test('rolling back goes back in the workspace first, then in all workspaces, then no further', async () => {
  await add(workspace, 'a');
  await add(user, 'b');
  await user.promote(1);
  await workspace.promote(1);
  const undo = await shelf.rollBack();
  expect(await answering()).toBe('user 1');
  await undo();
  expect(await answering()).toBe('workspace 1');
  await shelf.rollBack();
  await shelf.rollBack();
  expect(await answering()).toBe('shipped');
  await expect(shelf.rollBack()).rejects.toThrow(/nothing to go back to/);
});

describe('rolling back goes to what was in use here before, whoever it was put in use for:', () => {
  const ways: readonly [way: string, before: readonly string[]][] = [
    ['own 1, all 2', ['workspace 1', 'shipped']],
    ['own 1, all 2, reset', ['user 1', 'workspace 1', 'shipped']],
    ['own 1, reset, all 2', ['shipped', 'workspace 1', 'shipped']],
    ['all 1, own 2, reset', ['workspace 2', 'user 1', 'shipped']],
    ['own 1, all 2, own 2, all 1', ['workspace 2', 'user 1', 'workspace 1', 'shipped']],
  ];
  test.each(ways)('%s', async (way, before) => {
    await add(workspace, 'a');
    await add(workspace, 'b');
    for (const [what, number] of way.split(', ').map((step) => step.split(' ')))
      if (what === 'reset') await shelf.reset();
      else await shelf.promote({ scope: 'workspace', number: Number(number) }, what === 'all' ? 'user' : 'workspace');
    const steps = [await answering()];
    for (const answers of before) {
      const undo = await shelf.rollBack();
      expect(await answering()).toBe(answers);
      await undo();
      expect(await answering()).toBe(steps.at(-1));
      await shelf.rollBack();
      steps.push(await answering());
    }
    expect(steps.slice(1)).toEqual(before);
    await expect(shelf.rollBack()).rejects.toThrow(/nothing to go back to/);
  });

  test('what another workspace has put in use for all changes nothing where one of its own is in use', async () => {
    await add(workspace, 'a');
    await add(user, 'b');
    await shelf.promote({ scope: 'workspace', number: 1 }, 'workspace');
    const elsewhere = createPolicyStore({ directory: join(makeTree({ x: '' }), 'elsewhere') });
    await policyShelf({ workspace: elsewhere, user }).promote({ scope: 'user', number: 1 }, 'user');
    await shelf.rollBack();
    expect(await answering()).toBe('user 1');
  });
});

test('resetting leads to the shipped policy, whoever had another, and is undone', async () => {
  await add(workspace, 'a');
  await add(user, 'b');
  await user.promote(1);
  await workspace.promote(1);
  const undo = await shelf.reset();
  expect(await answering()).toBe('shipped');
  await undo?.();
  expect(await answering()).toBe('workspace 1');
  expect(await user.current()).toBe(1);
  await (
    await shelf.reset()
  )?.();
  await shelf.reset();
  expect(await shelf.reset()).toBeUndefined();
});

test('a version that is gone is told', async () => {
  await expect(shelf.promote({ scope: 'workspace', number: 7 }, 'user')).rejects.toThrow(/Version 7/);
});
