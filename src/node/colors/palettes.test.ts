import { describe, expect, test } from 'vitest';
import { paletteRules } from '#node/colors/palettes.ts';

const BACKGROUNDS = {
  dark: ['#1e1e1e', 4.5],
  light: ['#ffffff', 4.5],
  'high-contrast': ['#000000', 7],
  'high-contrast-light': ['#ffffff', 7],
} as const;

/** Relative luminance, WCAG 2. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('each colour can be read on the background of', () => {
  for (const [kind, [background, least]] of Object.entries(BACKGROUNDS))
    test(kind, () => {
      const colors = paletteRules(kind as keyof typeof BACKGROUNDS).flatMap(
        ({ settings }) => settings.foreground ?? [],
      );
      expect(colors.length).toBeGreaterThan(5);
      expect(colors.filter((color) => contrast(color, background) < least)).toEqual([]);
    });
});
