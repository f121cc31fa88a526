/**
 * Data sets as Search-R1 reads them (https://github.com/PeterGriffinJin/Search-R1): the columns that
 * `scripts/data_process/nq_search.py` writes, which verl's `RLHFDataset` and the reward `qa_em.py` read.
 */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { TrainingExample } from './trainingExample.ts';
import type { TrainingSplit } from './trainingSplit.ts';

/** Contents by file name, in the order of `split`. */
export function searchR1Set({ train, test }: TrainingSplit): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['train.parquet', parquetOf(train, 'train')],
    ['test.parquet', parquetOf(test, 'test')],
  ]);
}

/**
 * Chooses the reward: `main_ppo.py` knows a list of names and refuses others. This one's is the exact match with any of
 * the targets, which is right for paths; it drops case, punctuation and articles.
 */
const DATA_SOURCE = 'nq';

/**
 * Has the tags of `nq_search.py`. The reward takes the last of at least two answers in prompt and reply together: a reply
 * without one gets the example's, which is right for no question.
 */
const promptOf = (question: string): string =>
  'Find the file of a code base that answers the question. Think between <think> and </think> before each step, and again ' +
  'whenever something new was found. To search the code base, write <search> words or names </search>; what is found comes ' +
  'back between <information> and </information>, each place with its path. Search as often as you need. When you know the ' +
  'file, give its path alone between <answer> and </answer>, like <answer> folder/file.ext </answer>. ' +
  `Question: ${question}\n`;

function parquetOf(examples: readonly TrainingExample[], split: string): Uint8Array {
  const column = (name: string, valueOf: (example: TrainingExample, index: number) => unknown) => ({
    name,
    data: examples.map(valueOf),
  });
  const buffer = parquetWriteBuffer({
    schema: SCHEMA,
    columnData: [
      column('data_source', () => DATA_SOURCE),
      column('prompt', ({ question }) => [{ content: promptOf(question), role: 'user' }]),
      column('ability', () => 'fact-reasoning'),
      column('reward_model', ({ targets }) => ({ ground_truth: { target: targets }, style: 'rule' })),
      column('extra_info', (_, index) => ({ index: BigInt(index), split })),
    ],
  });
  return new Uint8Array(buffer);
}

type Schema = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>;

const text = (name: string): Schema[number] => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
});

const struct = (name: string, fields: readonly (Schema | Schema[number])[]): Schema => [
  { name, repetition_type: 'OPTIONAL', num_children: fields.length },
  ...fields.flat(),
];

/** A list in three levels, as the format demands. */
const list = (name: string, element: Schema): Schema => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];

const SCHEMA: Schema = [
  { name: 'schema', num_children: 5 },
  text('data_source'),
  ...list('prompt', struct('element', [text('content'), text('role')])),
  text('ability'),
  ...struct('reward_model', [struct('ground_truth', [list('target', [text('element')])]), text('style')]),
  ...struct('extra_info', [{ name: 'index', type: 'INT64', repetition_type: 'OPTIONAL' }, text('split')]),
];
