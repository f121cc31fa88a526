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

export function policyShelf(stores: Stores): PolicyShelf {
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
      const atMs = await nextMs(stores);
      const changes: [PolicyStore, () => Promise<unknown>][] = [
        [stores[target], () => stores[target].promote(number, atMs)],
      ];
      if (target === 'user') changes.push([workspace, () => workspace.reset(atMs)]);
      return inOrder(changes);
    },
    async rollBack() {
      const before: [PolicyStore, number | undefined][] = [];
      for (const store of await lastChanged(stores)) {
        before.push([store, await store.current()]);
        await store.rollBack();
      }
      return async () => {
        const atMs = await nextMs(stores);
        for (const [store, number] of before) await restore(store, number, atMs);
      };
    },
    async reset() {
      if ((await used()) === undefined) return undefined;
      const atMs = await nextMs(stores);
      return inOrder([workspace, user].map((store) => [store, () => store.reset(atMs)]));
    },
  };
}

type Stores = Readonly<Record<PolicyScope, PolicyStore>>;

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

async function restore(store: PolicyStore, number: number | undefined, atMs: number): Promise<void> {
  if (number === undefined) await store.reset(atMs);
  else await store.promote(number, atMs);
}

/** Whose last change led to what answers here now: both, where it was one change of both. */
async function lastChanged({ workspace, user }: Stores): Promise<PolicyStore[]> {
  const [own, users] = [await workspace.lastUse(), await user.lastUse()];
  if (!own && users) return [user];
  // What answers here is the workspace's own, whatever the user's is elsewhere.
  if (!own || !users || own.kind === 'promote') return [workspace];
  if (own.atMs === users.atMs) return [workspace, user];
  return own.atMs > users.atMs ? [workspace] : [user];
}

/** When a change is: later than all before it, even where the clock stands still, so that their order is known. */
async function nextMs({ workspace, user }: Stores): Promise<number> {
  const last = [await workspace.lastUse(), await user.lastUse()].map((use) => use?.atMs ?? 0);
  return Math.max(Date.now(), ...last.map((atMs) => atMs + 1));
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
