/** What the policy in use is: in a few words for the status bar, and as its card. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { policyCard, type PolicyFacts } from '#core/answer/policyCard.ts';
import type { LearnedPolicy } from '#node/policy/policySources.ts';
import type { ChosenPolicy } from '#node/searcherPolicies.ts';
import type { PolicyStatus } from '#node/service/searchService.ts';
import { shippedFile } from '#node/shippedFile.ts';

/** For the policy that a searcher has chosen. */
export function policyStatus({ policy: { name }, digest, learned, note }: ChosenPolicy): PolicyStatus {
  const about = learned ? { kind: learned.kind, version: learned.name, ...placeOf(learned) } : nameStatus(name);
  return { name, ...about, digest, ...(note !== undefined && { note }) };
}

/** The card as Markdown. */
export function policyCardText(chosen: ChosenPolicy): string {
  const { kind, version, file = kind === 'shipped' ? shippedFile(MODEL) : undefined, note } = policyStatus(chosen);
  const facts = file === undefined ? undefined : fileFacts(file, chosen.learned);
  const card = kind === 'shipped' ? readShipped(CARD) : chosen.learned?.card;
  const repositories = kind === 'shipped' ? readShipped('corpus.json')?.['repositories'] : undefined;
  return policyCard({
    kind,
    version,
    ...(note !== undefined && { note }),
    ...(card && { card }),
    ...(Array.isArray(repositories) && { repositories: repositories.length }),
    ...(facts && { file: facts }),
  });
}

const MODEL = 'searcher.onnx';
const CARD = 'searcher.json';

const placeOf = ({ number, file }: LearnedPolicy): Pick<PolicyStatus, 'number' | 'file'> => ({
  ...(number !== undefined && { number }),
  file,
});

function nameStatus(name: string): Pick<PolicyStatus, 'kind' | 'version' | 'number' | 'file'> {
  switch (name) {
    case 'learned': {
      const version = readShipped(CARD)?.['version'];
      return typeof version === 'number'
        ? { kind: 'shipped', version: `shipped ${version}`, number: version }
        : { kind: 'shipped', version: 'shipped' };
    }
    case 'hand':
      return { kind: 'hand', version: 'by hand' };
    case 'uniform':
      return { kind: 'uniform', version: 'by chance' };
    default:
      return { kind: 'file', version: basename(name), file: resolve(name) };
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

function fileFacts(path: string, learned: LearnedPolicy | undefined): PolicyFacts['file'] {
  try {
    const bytes = learned?.model ?? readFileSync(path);
    return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch {
    return undefined;
  }
}
