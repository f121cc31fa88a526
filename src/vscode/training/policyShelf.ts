/** The learned policies that this window may use: the versions of the workspace and those of the user. */
import { readFile } from 'node:fs/promises';
import type { LearningReport } from '#core/learning/learningReport.ts';
import type { PolicyStore } from '#node/stores/policyStore.ts';
import { StoreError } from '#node/stores/storeError.ts';
import type { PolicyScope, PolicyVersion } from '#node/stores/policyVersion.ts';

export interface ShelvedVersion {
  readonly scope: PolicyScope;
  readonly version: PolicyVersion;
  /** It answers in this workspace, unless a setting names another policy. */
  readonly isInUse: boolean;
}

/** A version by where it is kept. */
export interface VersionPlace {
  readonly scope: PolicyScope;
  readonly number: number;
}

/** Makes what was done undone. */
export type Undo = () => Promise<void>;

/** All calls reject with a `StoreError`, a sentence for people. */
export interface PolicyShelf {
  /** The latest first. */
  list(): Promise<readonly ShelvedVersion[]>;
  /** What answers in this workspace, if it learned here. */
  inUse(): Promise<ShelvedVersion | undefined>;
  readReport(place: VersionPlace): Promise<LearningReport>;
  /** Puts a version in use in this workspace, or in all that have none of their own, this one included. */
  promote(place: VersionPlace, target: PolicyScope): Promise<Undo>;
  /** To what was in use here before. Rejects where nothing was. */
  rollBack(): Promise<Undo>;
  /** Undefined where the shipped policy is in use already. */
  reset(): Promise<Undo | undefined>;
}

export function policyShelf(stores: Readonly<Record<PolicyScope, PolicyStore>>): PolicyShelf {
  const { workspace, user } = stores;
  const used = async (): Promise<VersionPlace | undefined> => {
    const own = await workspace.current();
    if (own !== undefined) return { scope: 'workspace', number: own };
    const users = await user.current();
    return users === undefined ? undefined : { scope: 'user', number: users };
  };
  const list = async (): Promise<readonly ShelvedVersion[]> => {
    const now = await used();
    const found = await Promise.all(
      SCOPES.map(async (scope) =>
        (await stores[scope].list()).map((version) => ({
          scope,
          version,
          isInUse: now?.scope === scope && now.number === version.number,
        })),
      ),
    );
    return found.flat().sort((a, b) => b.version.card.madeMs - a.version.card.madeMs);
  };
  return {
    list,
    inUse: async () => (await list()).find(({ isInUse }) => isInUse),
    readReport: ({ scope, number }) => stores[scope].readReport(number),
    async promote(place, target) {
      const number = await numberIn(stores[target], stores[place.scope], place.number);
      const changes: [PolicyStore, () => Promise<unknown>][] = [[stores[target], () => stores[target].promote(number)]];
      if (target === 'user') changes.push([workspace, () => workspace.reset()]);
      return inOrder(changes);
    },
    async rollBack() {
      const store = (await workspace.canRollBack()) || !(await user.canRollBack()) ? workspace : user;
      const before = await store.current();
      await store.rollBack();
      return () => restore(store, before);
    },
    async reset() {
      if ((await used()) === undefined) return undefined;
      return inOrder([workspace, user].map((store) => [store, () => store.reset()]));
    },
  };
}

const SCOPES: readonly PolicyScope[] = ['workspace', 'user'];

/** Does changes that each lead forward in a store's history; undone, the history is as it was. */
async function inOrder(changes: readonly [PolicyStore, () => Promise<unknown>][]): Promise<Undo> {
  const undone: Undo[] = [];
  for (const [store, change] of changes) {
    const before = await store.current();
    await change();
    const isChanged = (await store.current()) !== before;
    if (isChanged) undone.unshift(async () => void (await store.rollBack()));
  }
  return async () => {
    for (const undo of undone) await undo();
  };
}

async function restore(store: PolicyStore, number: number | undefined): Promise<void> {
  if (number === undefined) await store.reset();
  else await store.promote(number);
}

/** The number of a version in another store, which gets a copy if it has none. */
async function numberIn(target: PolicyStore, source: PolicyStore, number: number): Promise<number> {
  if (target === source) return number;
  const version = (await source.list()).find((one) => one.number === number);
  if (!version) throw new StoreError(`Version ${number} of the policy is not there any more. Choose another one.`);
  const { digest } = version.card;
  const known = (await target.list()).find(({ card }) => card.digest === digest);
  if (known) return known.number;
  const [model, report] = [await readFile(version.file), await source.readReport(number)];
  return (await target.add({ model, report })).number;
}
