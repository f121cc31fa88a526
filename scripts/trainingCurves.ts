/**
 * Draws learning curves of training runs: `trainingCurves.ts NAME TITLE LABEL=DIR,DIR …` writes `docs/curves-NAME.svg`.
 * DIR are the folders of runs that differ in their seed alone; each LABEL is a series of its own colour.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { curvesSvg, type CurveSeries } from '#node/training/curvesSvg.ts';

const [name, title, ...given] = process.argv.slice(2);
if (!name || !/^[\w-]+$/.test(name) || !title || given.length === 0 || !given.every((one) => one.includes('='))) {
  process.stderr.write('Usage: trainingCurves.ts NAME TITLE LABEL=DIR,DIR …\n');
  process.exit(2);
}

const file = join(import.meta.dirname, '..', 'docs', `curves-${name}.svg`);
writeFileSync(file, curvesSvg(title, given.map(seriesOf)));
process.stdout.write(`${file}\n`);

function seriesOf(text: string): CurveSeries {
  const split = text.indexOf('=');
  return {
    label: text.slice(0, split),
    runs: text
      .slice(split + 1)
      .split(',')
      .map(metricsIn),
  };
}

function metricsIn(directory: string): IterationMetrics[] {
  const lines = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as IterationMetrics);
}
