/** Puts policies in use and out of use; each time what answers now is said, and can be undone. */
import * as vscode from 'vscode';
import type { PolicyScope } from '#node/stores/policyVersion.ts';
import type { Parts } from '#vscode/commands/parts.ts';
import { policyName } from '#vscode/policyName.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import type { ShelvedVersion, Undo, VersionPlace } from './policyShelf.ts';
import { versionName } from './versionText.ts';

const { t } = vscode.l10n;

export const promoteVersion = async (parts: Parts, place: VersionPlace, target: PolicyScope): Promise<void> =>
  tellChange(parts, await parts.policies().shelf.promote(place, target));

export const rollBack = async (parts: Parts): Promise<void> =>
  tellChange(parts, await parts.policies().shelf.rollBack());

export async function reset(parts: Parts): Promise<void> {
  const undo = await parts.policies().shelf.reset();
  if (undo) await tellChange(parts, undo);
  else void vscode.window.showInformationMessage(t('No learned policy is in use. There is nothing to reset.'));
}

async function tellChange(parts: Parts, undo: Undo): Promise<void> {
  const used = await parts.policies().shelf.inUse();
  await parts.policyChanged();
  const yes = t('Undo');
  const answer = await vscode.window.showInformationMessage(await answering(parts, used), yes);
  if (answer !== yes) return;
  await undo();
  await parts.policyChanged();
  void vscode.window.showInformationMessage(await answering(parts, await parts.policies().shelf.inUse()));
}

/** A setting may name another policy; then what was chosen here does not answer. */
async function answering({ search }: Parts, used: ShelvedVersion | undefined): Promise<string> {
  const name = used ? versionName(used.scope, used.version.number, editorLanguage()) : t('Shipped policy');
  const status = await search.service.policy();
  const isOther = used ? status.digest !== used.version.card.digest : status.kind !== 'shipped';
  return isOther
    ? t(
        'Chosen: {0}. A setting names another policy, which answers before it: {1}.',
        name,
        policyName(status, editorLanguage()),
      )
    : t('From the next question on this answers: {0}.', name);
}
