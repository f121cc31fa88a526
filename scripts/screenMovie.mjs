/** Records a page as it is seen, at its own speed, as an animated GIF. */
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

const { GIFEncoder, applyPalette, quantize } = gifenc;
const COLORS = 96;
/** A frame is never longer than this, so that nobody waits for a page that rests. */
const LONGEST_MS = 1_600;
const LAST_MS = 3_500;
/** How many pixels are looked at for the palette. */
const SAMPLE = 400_000;

/**
 * Begins to take pictures of a part of the page, one after the other. `stop` gives what was seen.
 *
 * @param {import('playwright-core').Page} page
 * @param {{ x: number, y: number, width: number, height: number }} clip in CSS pixels
 */
export function recordPage(page, clip) {
  const frames = [];
  let isStopped = false;
  const done = (async () => {
    while (!isStopped) {
      const startMs = performance.now();
      const png = await page.screenshot({ clip, type: 'png', scale: 'css', caret: 'initial' });
      if (!frames.at(-1)?.png.equals(png)) frames.push({ png, startMs });
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await done;
      return frames;
    },
  };
}

/** One palette for all frames; what has not changed since the frame before is left transparent, which packs well. */
export function writeGif(frames) {
  const pictures = frames.map(({ png }) => PNG.sync.read(png));
  const { width, height } = pictures[0];
  const palette = quantize(sampled(pictures), COLORS, { format: 'rgb565' });
  const transparentIndex = palette.length;
  const colors = [...palette, [0, 0, 0]];
  const gif = GIFEncoder();
  let before;
  for (const [i, { data }] of pictures.entries()) {
    const whole = applyPalette(data, palette, 'rgb565');
    const changed = before ? whole.map((color, at) => (color === before[at] ? transparentIndex : color)) : whole;
    const delay = i + 1 < frames.length ? Math.min(LONGEST_MS, frames[i + 1].startMs - frames[i].startMs) : LAST_MS;
    gif.writeFrame(changed, width, height, {
      ...(i === 0 && { palette: colors }),
      delay,
      transparent: i > 0,
      transparentIndex,
      dispose: 1,
    });
    before = whole;
  }
  gif.finish();
  return gif.bytes();
}

/** Pixels from all pictures, evenly. */
function sampled(pictures) {
  const step = Math.max(1, Math.floor(pictures.reduce((sum, { data }) => sum + data.length / 4, 0) / SAMPLE));
  const pixels = [];
  for (const { data } of pictures)
    for (let at = 0; at < data.length; at += 4 * step) pixels.push(data[at], data[at + 1], data[at + 2], 255);
  return Uint8Array.from(pixels);
}
