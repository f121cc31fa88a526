/** Commands about the policies that were learned here. */
import * as vscode from 'vscode';
import type { PolicyScope } from '#node/stores/policyVersion.ts';
import { promoteVersion, reset, rollBack } from '#vscode/training/changePolicy.ts';
import { comparePolicies as comparison, type ComparedPolicy } from '#vscode/training/comparePolicies.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import type { ShelvedVersion, VersionPlace } from '#vscode/training/policyShelf.ts';
import { versionName, versionText } from '#vscode/training/versionText.ts';
import type { Command, Parts } from './parts.ts';

const { t } = vscode.l10n;

/** Chooses a version, and for which workspaces. */
export const promotePolicy: Command = async (parts) => {
  const place = await chooseVersion(parts, t('Promote which policy?'));
  const target = place && (await chooseTarget());
  if (target) await promoteVersion(parts, place, target);
};

export const rollBackPolicy: Command = rollBack;

export const resetPolicy: Command = reset;

/** Two versions side by side, the shipped policy among them. */
export const comparePolicies: Command = async (parts) => {
  const versions = await parts.policies().shelf.list();
  if (versions.length === 0) return tellNone();
  const language = editorLanguage();
  const shipped = { label: t('Shipped policy'), policy: { name: t('Shipped policy') } as ComparedPolicy };
  const items = [
    ...versions.map((version) => {
      const name = versionName(version.scope, version.version.number, language);
      return { ...itemOf(version), policy: { name, card: version.version.card } };
    }),
    shipped,
  ];
  const first = await vscode.window.showQuickPick(items, { title: t('Compare which policy?'), matchOnDetail: true });
  if (!first) return;
  const second = await vscode.window.showQuickPick(
    items.filter((item) => item !== first),
    { title: t('Compare {0} with which?', first.label), matchOnDetail: true },
  );
  if (!second) return;
  await parts.documents.show(`${t('Policies Compared')}.md`, comparison([first.policy, second.policy], language));
};

/** The latest that was kept; one of several is chosen. */
export async function chooseVersion(parts: Parts, title: string): Promise<VersionPlace | undefined> {
  const versions = await parts.policies().shelf.list();
  if (versions.length === 0) return tellNone();
  const chosen = await vscode.window.showQuickPick(versions.map(itemOf), { title, matchOnDetail: true });
  return chosen?.place;
}

function itemOf({ scope, version, isInUse }: ShelvedVersion): vscode.QuickPickItem & { readonly place: VersionPlace } {
  const text = versionText({ card: version.card, scope, isInUse }, editorLanguage());
  return { ...text, place: { scope, number: version.number } };
}

async function chooseTarget(): Promise<PolicyScope | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly scope: PolicyScope })[] = [
    { scope: 'workspace', label: t('For this workspace') },
    {
      scope: 'user',
      label: t('For all my workspaces'),
      detail: t('Where a workspace has a policy of its own, that one stays in use. This workspace changes over.'),
    },
  ];
  return (await vscode.window.showQuickPick(items, { title: t('Promote it for which workspaces?') }))?.scope;
}

async function tellNone(): Promise<undefined> {
  const [answers, history] = [t('Train From My Answers'), t('Train On History')];
  const chosen = await vscode.window.showInformationMessage(t('No policy was learned here yet.'), answers, history);
  if (chosen === answers) await vscode.commands.executeCommand('spoor.trainFromAnswers');
  if (chosen === history) await vscode.commands.executeCommand('spoor.trainOnHistory');
}
