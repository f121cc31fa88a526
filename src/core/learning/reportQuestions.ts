/** Questions that are answered better or worse than before, with both answers side by side. */
import { points, signed } from '#core/learning/figures.ts';
import type { HeldSet } from '#core/learning/heldResult.ts';
import type { QuestionChange, ShownAnswer } from '#core/learning/learningReport.ts';
import { escaped, excerpt, filled } from '#core/learning/markup.ts';
import type { ReportLabels } from '#core/learning/reportLabels.ts';

/** Most that is shown of either kind; of an answer; characters of a question and of a path. */
const MOST = { questions: 20, places: 10, question: 400, path: 200 };

const FROM = {
  answers: 'fromAnswers',
  history: 'fromHistory',
  frozen: 'fromFrozen',
} as const satisfies Record<HeldSet, keyof ReportLabels>;

export function questionSections(questions: readonly QuestionChange[], labels: ReportLabels): string {
  const better = questions.filter(({ change }) => change > 0);
  const worse = questions.filter(({ change }) => change < 0);
  return [section('better', labels.better, better, labels), section('worse', labels.worse, worse, labels)].join('\n');
}

function section(id: string, title: string, questions: readonly QuestionChange[], labels: ReportLabels): string {
  return [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">${escaped(filled(title, questions.length))}</h2>`,
    questions.length
      ? questions
          .slice(0, MOST.questions)
          .map((one) => questionMarkup(one, labels))
          .join('\n')
      : `<p class="quiet">${escaped(labels.none)}</p>`,
    '</section>',
  ].join('\n');
}

function questionMarkup({ question, set, change, before, after }: QuestionChange, labels: ReportLabels): string {
  const score = filled(labels.scoreChange, signed(points(change)));
  return [
    '<article>',
    `<h3><q>${excerpt(question, MOST.question)}</q></h3>`,
    `<p class="quiet">${escaped(labels[FROM[set]])} · ${escaped(score)}</p>`,
    `<div class="sides">${side(labels.before, before, labels)}${side(labels.after, after, labels)}</div>`,
    '</article>',
  ].join('\n');
}

function side(title: string, { notFound, rank, places }: ShownAnswer, labels: ReportLabels): string {
  const found = rank === undefined ? labels.noRank : filled(labels.rank, rank);
  const facts = [...(notFound ? [labels.saidNotFound] : []), found].map(escaped).join(' · ');
  return [
    `<div><h4>${escaped(title)}</h4>`,
    `<p>${facts}</p>`,
    ...(notFound && places.length ? [`<p class="quiet">${escaped(labels.nearest)}</p>`] : []),
    places.length
      ? `<ol>${places
          .slice(0, MOST.places)
          .map((place) => placeMarkup(place, labels))
          .join('')}</ol>`
      : `<p class="quiet">${escaped(labels.noPlaces)}</p>`,
    '</div>',
  ].join('\n');
}

function placeMarkup({ path, start, end, isRight }: ShownAnswer['places'][number], labels: ReportLabels): string {
  const lines = start === end ? `${start}` : `${start}–${end}`;
  // The end of a path tells more than its beginning.
  const shown = path.length > MOST.path ? `…${path.slice(1 - MOST.path)}` : path;
  const mark = isRight ? ` <span class="right"><span class="good">✓</span> ${escaped(labels.right)}</span>` : '';
  return `<li><code>${escaped(shown)}:${lines}</code>${mark}</li>`;
}
