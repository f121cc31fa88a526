/** The commands and their options, as data: help and parser are made of them. */
import type { OptionSpec } from '#cli/arguments.ts';
import { FEEDBACK } from '#cli/feedbackCommand.ts';
import type { CommandSpec } from '#cli/help.ts';
import { MCP } from '#cli/mcpCommand.ts';
import { SERVE } from '#cli/serveCommand.ts';
import { TRAIN } from '#cli/trainCommand.ts';

/** Names that `--policy` takes beside files; the first is the default. */
export const POLICY_NAMES: readonly string[] = ['learned', 'hand', 'uniform'];

const SEARCH_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'policy',
    value: 'NAME',
    help: 'What decides the searches: learned (the default), hand (written by\nhand), uniform (any legal search, as a floor to compare with), a model\nfile that "spoor train" has written, or a language model:\nllm:http://localhost:11434/v1#NAME, llm:FOLDER, and hybrid: for one\nbeside the learned policy (docs/language-models.md).',
  },
  { name: 'turns', value: 'N', help: 'Most turns of searches, 1 to 4. Default: 4, and 16 for llm:.' },
  { name: 'no-docs', help: 'Leave out documentation.' },
  { name: 'no-history', help: "Leave out git's history." },
  { name: 'seed', value: 'N', help: 'Seed of a policy that draws by chance. Default: 0.' },
];

/** Those that change what is needed. */
const DOCTOR_OPTIONS: ReadonlySet<string> = new Set(['policy', 'no-docs', 'no-history']);

export const ASK: CommandSpec = {
  name: 'ask',
  usage: 'QUESTION [options]',
  summary: 'Answer a question about a workspace.',
  about: `Searches a workspace and answers with citations that were read and checked. QUESTION is plain
language, an error message or a name; "-" reads it from standard input. The answer goes to
standard output; on a terminal, the searches are shown on standard error while they run.`,
  options: [
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: 'Folder to ask about; several are one workspace. Default: the current folder.',
    },
    { name: 'json', help: 'Print one JSON object instead of text.' },
    {
      name: 'model',
      value: 'MODEL',
      help: 'Language model that writes about the cited places, below the answer:\nURL#NAME of a server that speaks the OpenAI protocol (the question and the\ncited lines are sent there), or the folder of an ONNX model. Default: none.',
    },
    ...SEARCH_OPTIONS,
  ],
  examples: [
    'spoor ask "where are failed uploads retried?"',
    'spoor ask "how is the cache invalidated?" --workspace ~/api --workspace ~/web',
    'spoor ask "who calls send?" --model http://localhost:11434/v1#qwen2.5-coder:7b',
    'spoor ask --json - < question.txt',
  ],
};

export const BATCH: CommandSpec = {
  name: 'batch',
  usage: 'QUESTIONS.jsonl --repos DIR --out RESULTS.jsonl [options]',
  summary: 'Answer many questions about known commits, for measuring.',
  about: `Each line of QUESTIONS.jsonl is {"id", "repo": "owner/name", "commit", "question"}. Each commit
is laid out as a real work tree in a temporary folder; the repositories are only read. Each answer
is written to RESULTS.jsonl as a line {"id", "files", "citations", "answer", "ms", "searches",
"turns", "confidence", "found", "stopReason", "policy"} as soon as it is there. "ms" is the time of
the question in a warm process, without laying out and indexing. A row that fails gives a line
{"id", "error"}. Run the same command again to go on after a stop: answered rows are skipped, failed
ones are tried again. Every citation is checked: its file and lines exist and were read.`,
  options: [
    { name: 'repos', value: 'DIR', help: 'Folder with a git repository (bare or not) at owner/name for each.' },
    { name: 'out', value: 'FILE', help: 'File for the results; new lines are appended.' },
    { name: 'only', value: 'SPLIT', help: 'Only rows whose "split" is SPLIT.' },
    { name: 'limit', value: 'N', help: 'Only the first N of these rows.' },
    {
      name: 'jobs',
      value: 'N',
      help: 'Repositories worked on side by side, 1 to 16. Default: 1, which keeps\nthe times comparable.',
    },
    { name: 'storage', value: 'DIR', help: 'Folder for caches, kept for the next run. Default: a temporary one.' },
    ...SEARCH_OPTIONS,
  ],
  examples: ['spoor batch questions.jsonl --repos ~/mirrors --out results.jsonl --only validation'],
};

export const TASKS: CommandSpec = {
  name: 'tasks',
  usage: '--repos DIR --out FILE [options]',
  summary: 'Make tasks with known answers from the histories of repositories.',
  about: `Walks the git history of each repository and writes a task for each suitable commit: what the commit
says is the question, the files and lines that it changed are the answer, and its parent is the
state to search. A line of FILE is {"id", "repo", "commit", "question", "source", "language",
"gold_files", "gold_spans", "fix_commit"}, which spoor batch and spoor train read. "source" says
where the words are from: commit (its message), changelog (a release note that it adds), test (the
name of a test that it adds), doc-comment (a comment that it adds to a definition). Commits that ask
nothing are left out: reverts, releases, formatting, documentation, and what gives its answer away.
The repositories are only read. The same input and seed give the same file. What results are
measured on (neverTrainOn in models/corpus.json) is refused.`,
  options: [
    { name: 'repos', value: 'DIR', help: 'Folder with a git repository (bare or not) at owner/name for each.' },
    { name: 'out', value: 'FILE', help: 'New file for the tasks; a new folder with --format.' },
    {
      name: 'format',
      value: 'NAME',
      help: 'spoor (the default), or data sets that train a language model, with the\npath of a file as the answer: r1-searcher (stage_1, stage_2 and test.jsonl),\nsearch-r1 (train and test.parquet). docs/training-language-models.md',
    },
    {
      name: 'corpus',
      value: 'FILE',
      help: 'List of repositories, like models/corpus.json: {"repositories": [{"repo", "commit",\n"leaveNewestDays"}], "neverTrainOn": ["owner/name"]}. Default: all that are in DIR.',
    },
    { name: 'repo', value: 'NAME', repeated: true, help: 'Only this repository, owner/name.' },
    {
      name: 'per-repo',
      value: 'N',
      help: 'Most tasks, or pairs, of one repository. Default: 100 tasks, 2,000 pairs.',
    },
    { name: 'seed', value: 'N', help: 'Seed of the shuffle and of all choices. Default: 0.' },
    {
      name: 'exclude',
      value: 'FILE',
      help: 'Commits to leave out: lines with an id, or JSON objects with "fix_commit".',
    },
    {
      name: 'since',
      value: 'DATE',
      help: 'Leave out what is older than this day. The other formats need it: their\nquestions are about the state before it, which spoor serve offers.',
    },
    { name: 'until', value: 'DATE', help: 'Leave out what is newer than this day, like 2024-12-31.' },
    { name: 'leave-newest', value: 'DAYS', help: "Leave out the days before a repository's newest commit." },
    { name: 'with-paths', help: 'Keep questions that name a file that answers them.' },
    {
      name: 'pairs',
      help: 'Write pairs for pretraining instead, {"repo", "source", "text", "code", "path"}: messages and\nchanged lines, doc comments and definitions, documentation and what it names, tests.',
    },
  ],
  examples: [
    'spoor tasks --repos ~/mirrors --corpus models/corpus.json --per-repo 130 --out tasks.jsonl',
    'spoor tasks --repos ~/mirrors --repo pallets/click --leave-newest 365 --out click.jsonl',
    'spoor tasks --repos ~/mirrors --repo me/api --format search-r1 --since 2025-01-01 --per-repo 5000 --out api-set',
    'spoor tasks --repos ~/mirrors --corpus models/corpus.json --pairs --per-repo 3000 --out pairs.jsonl',
  ],
};

export const PRETRAIN: CommandSpec = {
  name: 'pretrain',
  usage: '--pairs FILE --out FILE --minutes N [options]',
  summary: 'Learn which words of questions go with which words of code.',
  about: `Learns from pairs of text and code, which spoor tasks --pairs makes, and writes the vocabulary, a vector
for each word and its weights. The metrics lie beside it in FILE.metrics.jsonl. A run that was stopped,
by Ctrl-C or otherwise, goes on when the same command is given again, to the same result to the last
bit. Pairs of repositories that results are measured on (neverTrainOn in models/corpus.json) are
refused.`,
  options: [
    { name: 'pairs', value: 'FILE', help: 'Lines {"repo", "text", "code", "path"}.' },
    { name: 'out', value: 'FILE', help: 'File for what is learned.' },
    { name: 'minutes', value: 'N', help: 'Learn for about so long; the first steps say how many that are.' },
    { name: 'steps', value: 'N', help: 'Learn for so many steps.' },
    { name: 'seed', value: 'N', help: 'Seed of everything that is drawn by chance. Default: 0.' },
    { name: 'without', value: 'NAME', repeated: true, help: 'Leave out the pairs of this repository, owner/name.' },
    {
      name: 'hide',
      value: 'PERCENT',
      help: 'Share of the texts that are read without the words that their code\nhas too, so that the meaning of the others is learned. Default: 0.',
    },
  ],
  examples: [
    'spoor pretrain --pairs pairs.jsonl --out words.bin --minutes 10',
    'spoor pretrain --pairs pairs.jsonl --out words.bin --steps 4000 --without pallets/click',
  ],
};

export const DOCTOR: CommandSpec = {
  name: 'doctor',
  usage: '[options]',
  summary: 'Check all that Spoor needs, and say what to do.',
  about: `Tries out ripgrep, git, the model's runtime, the docs index, the policy and the folder for caches, and
says of each what was found. Where something is wrong, it says what to do, and the exit code is 1.`,
  options: [
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: 'Folder whose docs are looked at; several are one workspace. Default: the current folder.',
    },
    ...SEARCH_OPTIONS.filter(({ name }) => DOCTOR_OPTIONS.has(name)),
  ],
  examples: ['spoor doctor', 'spoor doctor --workspace ~/api --policy runs/stage2/policy.onnx'],
};

export const COMMANDS: readonly CommandSpec[] = [ASK, BATCH, FEEDBACK, TASKS, TRAIN, PRETRAIN, SERVE, MCP, DOCTOR];
