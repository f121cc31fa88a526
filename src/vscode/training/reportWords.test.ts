import { expect, test } from 'vitest';
import { REPORT_LABELS } from '#core/learning/reportLabels.ts';
import { english } from '../../../test/fakes/english.ts';
import { reportWords } from './reportWords.ts';

test('the report says in the editor what it says elsewhere, as far as it is English', () => {
  expect(reportWords(english)).toEqual(REPORT_LABELS);
});
