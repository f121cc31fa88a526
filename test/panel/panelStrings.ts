import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PanelStrings } from '#vscode/messages.ts';

/** The panel's texts in English, as they stand beside their names in `messages.ts`. */
export function panelStrings(): PanelStrings {
  const source = readFileSync(join(import.meta.dirname, '../../src/vscode/messages.ts'), 'utf8');
  const block = source.slice(source.indexOf('export interface PanelStrings'));
  const texts = [...block.matchAll(/^ {2}readonly (\w+): string; \/\/ (.*)$/gm)].map(([, name, text]) => [name, text]);
  return Object.fromEntries(texts) as PanelStrings;
}
