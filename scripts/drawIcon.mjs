/**
 * Draws `media/icon.png` for the listing and `media/activity-bar.svg` for the editor: the track of an animal, and the
 * line that it leads to. Both come from the shapes below, on a grid of 24 by 24.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { ROOT } from './installation.mjs';

const SIZE = 128;
/** Points a pixel's edge is sampled at. */
const SAMPLES = 8;
const GROUND = '#12353a';
const TRACK = '#f2e8d5';
const FOUND = '#f5a524';
const OTHER = '#56787b';

/** Footprints: middle, half length, half width, and how far they turn from upright, in degrees. */
const PRINTS = [
  { x: 3.9, y: 17.2, along: 2.8, across: 1.8, turn: 42 },
  { x: 9.6, y: 20, along: 2.8, across: 1.8, turn: 38 },
  { x: 10.2, y: 12.2, along: 2.8, across: 1.8, turn: 32 },
  { x: 16.2, y: 14.4, along: 2.8, across: 1.8, turn: 26 },
];
/** Lines of text: left end, middle, length, thickness. */
const LINE = { x: 8.4, y: 5.4, length: 12.6, thick: 3.2 };
const OTHER_LINES = [{ x: 3, y: 5.4, length: 3.9, thick: 3.2 }];

writeFileSync(join(ROOT, 'media', 'icon.png'), PNG.sync.write(drawn()));
writeFileSync(join(ROOT, 'media', 'activity-bar.svg'), vectors());

function drawn() {
  const png = new PNG({ width: SIZE, height: SIZE });
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) png.data.set(pixel(x, y), (y * SIZE + x) * 4);
  return png;
}

/** The mean of the points of a pixel, weighted by how much they cover. */
function pixel(x, y) {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const at = (pixels, sample) => ((pixels + (sample + 0.5) / SAMPLES) / SIZE) * 24;
    const color = colorAt(at(x, i % SAMPLES), at(y, Math.floor(i / SAMPLES)));
    if (!color) continue;
    for (const [c, from] of [1, 3, 5].entries()) sums[c] += parseInt(color.slice(from, from + 2), 16);
    sums[3] += 1;
  }
  const [red, green, blue, points] = sums;
  return points === 0
    ? [0, 0, 0, 0]
    : [red / points, green / points, blue / points, (255 * points) / SAMPLES ** 2].map(Math.round);
}

function colorAt(x, y) {
  if (!isInSquare(x, y, 4.5)) return undefined;
  if (PRINTS.some((print) => isInPrint(print, x, y))) return TRACK;
  if (isInLine(LINE, x, y)) return FOUND;
  return OTHER_LINES.some((line) => isInLine(line, x, y)) ? OTHER : GROUND;
}

function isInSquare(x, y, radius) {
  const over = (value) => Math.max(0, radius - value, value - (24 - radius));
  return Math.hypot(over(x), over(y)) <= radius;
}

function isInPrint({ x, y, along, across, turn }, px, py) {
  const angle = (turn * Math.PI) / 180;
  const [dx, dy] = [px - x, py - y];
  const side = dx * Math.cos(angle) + dy * Math.sin(angle);
  const ahead = dy * Math.cos(angle) - dx * Math.sin(angle);
  return (side / across) ** 2 + (ahead / along) ** 2 <= 1;
}

function isInLine({ x, y, length, thick }, px, py) {
  const radius = thick / 2;
  const nearest = Math.min(Math.max(px, x + radius), x + length - radius);
  return Math.hypot(px - nearest, py - y) <= radius;
}

/** In the editor's own colour; the lines beside the one that was found would only blur it. */
function vectors() {
  const prints = PRINTS.map(
    ({ x, y, along, across, turn }) =>
      `  <ellipse cx="${x}" cy="${y}" rx="${across}" ry="${along}" transform="rotate(${turn} ${x} ${y})"/>`,
  );
  const { x, y, length, thick } = LINE;
  const line = `  <rect x="${x}" y="${y - thick / 2}" width="${length}" height="${thick}" rx="${thick / 2}"/>`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="currentColor">',
    ...prints,
    line,
    '</svg>\n',
  ].join('\n');
}
