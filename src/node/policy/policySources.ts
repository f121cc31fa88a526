/**
 * Which learned policy answers: the team's file where a setting names one, else the version that the workspace has in
 * use, else the user's. Where there is none of them the shipped one answers. They are looked up for each question, so
 * what was promoted or pulled answers the next one.
 */
import { createPolicyStore } from '#node/stores/policyStore.ts';
import type { PolicyFolders, PolicyScope, PolicyVersionCard } from '#node/stores/policyVersion.ts';
import { Workspace } from '#node/workspace.ts';
import { MOST_MODEL_BYTES, readBounded, TooLargeError } from '#node/stores/modelFile.ts';

/** A policy that was learned here or handed over by the team, read but not opened. */
export interface LearnedPolicy {
  readonly kind: 'team' | PolicyScope;
  /** `this workspace 3`, `yours 2`, `team`. */
  readonly name: string;
  /** Of the version; none for the team's file. */
  readonly number?: number;
  /** Full path. */
  readonly file: string;
  readonly model: Uint8Array;
  readonly card?: PolicyVersionCard;
}

export interface FoundPolicy {
  /** None where this source has none in use, or none that can be used. */
  readonly policy?: LearnedPolicy;
  /** Why what should be used is not, a sentence each. */
  readonly problems: readonly string[];
}

/** Never rejects. */
export type PolicySource = () => Promise<FoundPolicy>;

export interface PolicyPlaces {
  /** Full paths of the workspace's folders. */
  readonly folders: readonly string[];
  /** Workspace path of the team's model file. */
  readonly policyFile?: string;
  readonly policies?: PolicyFolders;
}

/** In the order in which they are asked; the first that has a policy which can be used decides. */
export function policySources({ folders, policyFile, policies }: PolicyPlaces): readonly PolicySource[] {
  return [
    ...(policyFile && folders.length ? [() => teamPolicy(folders, policyFile)] : []),
    ...(policies && folders.length ? [() => versionInUse('workspace', policies.workspace)] : []),
    ...(policies ? [() => versionInUse('user', policies.user)] : []),
  ];
}

const NAMES: Readonly<Record<PolicyScope, string>> = { workspace: 'this workspace', user: 'yours' };

async function versionInUse(scope: PolicyScope, directory: string): Promise<FoundPolicy> {
  const { version, problems } = await createPolicyStore({ directory }).inUse();
  if (!version) return { problems };
  return { policy: { kind: scope, name: `${NAMES[scope]} ${version.number}`, ...version }, problems };
}

async function teamPolicy(folders: readonly string[], path: string): Promise<FoundPolicy> {
  try {
    const file = Workspace.open(folders).resolve(path);
    if (file === undefined) return { problems: [`${teamFile(path)} is not there, or leads out of it. ${REMEDY}`] };
    return {
      policy: { kind: 'team', name: 'team', file, model: await readBounded(file, MOST_MODEL_BYTES) },
      problems: [],
    };
  } catch (error) {
    const why = error instanceof TooLargeError ? 'is too large for a policy' : 'cannot be read';
    return { problems: [`${teamFile(path)} ${why}. ${REMEDY}`] };
  }
}

const teamFile = (path: string): string => `The policy file of the workspace, ${JSON.stringify(path)},`;
const REMEDY = 'Correct the setting "spoor.policyFile".';
