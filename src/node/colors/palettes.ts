/** Colours for code where the editor's theme has no file that can be read: one palette for each kind of theme. */
import type { EditorLook } from '#node/service/searchService.ts';

/** A rule of a theme, in the form that theme files have. */
export interface ThemeRule {
  readonly scope: string | readonly string[];
  readonly settings: { readonly foreground?: string; readonly fontStyle?: string };
}

export function paletteRules(kind: EditorLook['kind']): ThemeRule[] {
  const colors = PALETTES[kind];
  const rules = Object.entries(SCOPES).map(([name, scope]) => ({
    scope,
    settings: { foreground: colors[name as Role] },
  }));
  return [
    ...rules,
    { scope: ['markup.bold', 'markup.heading'], settings: { fontStyle: 'bold' } },
    { scope: 'markup.italic', settings: { fontStyle: 'italic' } },
  ];
}

type Role = keyof typeof SCOPES;

const SCOPES = {
  comment: ['comment', 'punctuation.definition.comment'],
  string: ['string', 'markup.inline.raw', 'markup.fenced_code'],
  number: ['constant.numeric', 'constant.character', 'string.regexp'],
  constant: ['constant.language', 'constant.other', 'support.constant', 'variable.other.constant', 'variable.language'],
  keyword: ['keyword.control', 'keyword.other', 'keyword.operator.new', 'keyword.operator.expression', 'storage'],
  function: ['entity.name.function', 'support.function', 'meta.decorator'],
  type: ['entity.name.type', 'entity.name.class', 'support.type', 'support.class', 'entity.other.inherited-class'],
  tag: ['entity.name.tag', 'entity.name.section', 'markup.heading'],
  attribute: ['entity.other.attribute-name', 'support.type.property-name', 'meta.object-literal.key'],
} as const;

/** Each colour has a contrast of at least 4.5 : 1, in high contrast 7 : 1, with the background of its kind. */
const PALETTES: Readonly<Record<EditorLook['kind'], Readonly<Record<Role, string>>>> = {
  dark: {
    comment: '#83917f',
    string: '#d09b78',
    number: '#b3c99a',
    constant: '#6fb3dd',
    keyword: '#b895d6',
    function: '#d8d4a0',
    type: '#63c2ab',
    tag: '#6aa5dc',
    attribute: '#9fcbe8',
  },
  light: {
    comment: '#4d7a45',
    string: '#9c3f2c',
    number: '#2b7358',
    constant: '#1a4f9c',
    keyword: '#7a2a9e',
    function: '#6e551f',
    type: '#1f6a7d',
    tag: '#7d1f1f',
    attribute: '#a02f1d',
  },
  'high-contrast': {
    comment: '#8fd18a',
    string: '#f0b189',
    number: '#c6e3a6',
    constant: '#7cc8ff',
    keyword: '#dfb0ff',
    function: '#f2ecb0',
    type: '#74e3c8',
    tag: '#86c1ff',
    attribute: '#b5e2ff',
  },
  'high-contrast-light': {
    comment: '#2f5a28',
    string: '#7a2313',
    number: '#17523d',
    constant: '#0f3a78',
    keyword: '#571a75',
    function: '#4d3a0e',
    type: '#0f4c5c',
    tag: '#5c1010',
    attribute: '#751d0e',
  },
};
