/**
 * Reads the colours of code out of a theme's file: JSON with comments, which may include another one. Left out on
 * purpose: themes in the old property-list form, and colours by semantic tokens.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import type { EditorLook } from '#node/service/searchService.ts';
import { paletteRules, type ThemeRule } from './palettes.ts';

/** The rules of the theme, in their order; those of its kind's palette where it has none. Never rejects. */
export async function themeRules({ kind, theme }: EditorLook): Promise<readonly ThemeRule[]> {
  const rules = theme === undefined ? [] : await rulesOf(theme, new Set());
  return rules.length ? rules : paletteRules(kind);
}

/** Files of a theme that include each other. */
const MAX_FILES = 10;
const MAX_BYTES = 4 << 20;

/** What is included comes first, so that the theme's own rules prevail. */
async function rulesOf(file: string, seen: Set<string>): Promise<ThemeRule[]> {
  if (seen.has(file) || seen.size >= MAX_FILES) return [];
  seen.add(file);
  const theme = await readTheme(file);
  const included = theme?.['include'];
  const base = typeof included === 'string' ? await rulesOf(resolve(dirname(file), included), seen) : [];
  const own = theme?.['tokenColors'];
  return [...base, ...(Array.isArray(own) ? own.flatMap(ruleOf) : [])];
}

async function readTheme(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    const stats = await stat(file);
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined;
    const theme: unknown = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
    return isRecord(theme) ? theme : undefined;
  } catch {
    return undefined;
  }
}

/** Rules without a scope say what plain text looks like, which is the editor's own business. */
function ruleOf(rule: unknown): ThemeRule[] {
  if (!isRecord(rule) || !isRecord(rule['settings'])) return [];
  const { scope, settings } = rule;
  const scopes = (Array.isArray(scope) ? scope : [scope]).flatMap((one) =>
    typeof one === 'string' ? one.split(',') : [],
  );
  const selectors = scopes.map((one) => one.trim()).filter(Boolean);
  const { foreground, fontStyle } = settings as Record<string, unknown>;
  const color = typeof foreground === 'string' ? colorOf(foreground) : undefined;
  if (!selectors.length || (color === undefined && typeof fontStyle !== 'string')) return [];
  return [
    {
      scope: selectors,
      settings: { ...(color && { foreground: color }), ...(typeof fontStyle === 'string' && { fontStyle }) },
    },
  ];
}

/** `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa` → `#rrggbb`; undefined for anything else. */
function colorOf(text: string): string | undefined {
  if (!/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) return undefined;
  const digits = text.slice(1).toLowerCase();
  return digits.length < 6
    ? `#${[...digits.slice(0, 3)].map((digit) => digit + digit).join('')}`
    : `#${digits.slice(0, 6)}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
