/** What the help says of `spoor feedback`, and what its parser takes. */
import type { CommandSpec } from '#cli/help.ts';

export const FEEDBACK: CommandSpec = {
  name: 'feedback',
  usage: 'check FILE …  or  merge FILE … --out FILE [options]',
  summary: 'Check files of feedback, or make one file of several.',
  about: `Reads feedback as "Export Feedback" in the editor writes it (docs/feedback.md). check says which
lines cannot be read, with their numbers, and what is learned from the others; a line that cannot be
read gives the exit code 1. merge writes all that can be read to one file, each answer once; of what
two files say about an answer, the latest counts. The files are only read.`,
  options: [
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: 'For check: say what is learned in this workspace as it is now; several\nfolders are one workspace.',
    },
    { name: 'out', value: 'FILE', help: 'For merge: the file to write; one that is there is replaced.' },
    {
      name: 'leave-out',
      value: 'PATTERN',
      repeated: true,
      help: 'Replace words that fit by … in what was asked: * stands for any\ncharacters, ? for one. Paths and lines of code stay.',
    },
  ],
  examples: [
    'spoor feedback check feedback.jsonl --workspace ~/shop',
    'spoor feedback merge team/*.jsonl --out all.jsonl --leave-out "*customer*"',
  ],
};
