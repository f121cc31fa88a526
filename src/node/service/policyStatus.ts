/** What the policy in use is: in a few words for the status bar, and as its card. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { policyCard, type PolicyFacts } from '#core/answer/policyCard.ts';
import type { ChosenPolicy } from '#node/searcherPolicies.ts';
import type { PolicyStatus } from '#node/service/searchService.ts';
import { shippedFile } from '#node/shippedFile.ts';

/** The policy's name and version, for the one that a searcher has chosen. */
export function policyStatus({ policy, digest, note }: ChosenPolicy): PolicyStatus {
  return { name: policy.name, version: versionOf(policy.name), digest, ...(note !== undefined && { note }) };
}

/** The card as Markdown. */
export function policyCardText(chosen: ChosenPolicy): string {
  const { name, version, note } = policyStatus(chosen);
  const kind = kindOf(name);
  const path = kind === 'shipped' ? shippedFile(MODEL) : kind === 'file' ? resolve(name) : undefined;
  const file = path === undefined ? undefined : fileFacts(path);
  const repositories = kind === 'shipped' ? readShipped('corpus.json')?.['repositories'] : undefined;
  return policyCard({
    kind,
    version,
    ...(note !== undefined && { note }),
    ...(kind === 'shipped' && { card: readShipped(CARD) }),
    ...(Array.isArray(repositories) && { repositories: repositories.length }),
    ...(file && { file }),
  });
}

const MODEL = 'searcher.onnx';
const CARD = 'searcher.json';
const KINDS: Readonly<Record<string, PolicyFacts['kind']>> = { learned: 'shipped', hand: 'hand', uniform: 'uniform' };

const kindOf = (name: string): PolicyFacts['kind'] => (Object.hasOwn(KINDS, name) ? KINDS[name]! : 'file');

function versionOf(name: string): string {
  switch (kindOf(name)) {
    case 'shipped': {
      const version = readShipped(CARD)?.['version'];
      return typeof version === 'number' ? `shipped ${version}` : 'shipped';
    }
    case 'hand':
      return 'by hand';
    case 'uniform':
      return 'by chance';
    case 'file':
      return basename(name);
  }
}

/** A JSON object of the `models` folder; undefined when it is not there or damaged. */
function readShipped(name: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(shippedFile(name) ?? name, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fileFacts(path: string): PolicyFacts['file'] {
  try {
    const bytes = readFileSync(path);
    return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch {
    return undefined;
  }
}
