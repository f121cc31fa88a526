import type { ProseSentence } from '#vscode/messages.ts';

export type ProseBlock =
  | { readonly kind: 'paragraph'; readonly sentences: readonly ProseSentence[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly ProseSentence[])[] }
  | { readonly kind: 'code'; readonly code: ProseSentence };

/** Sentences as the blocks that they make: paragraphs, lists, code. */
export function proseBlocks(sentences: readonly ProseSentence[]): readonly ProseBlock[] {
  const blocks: ProseBlock[] = [];
  for (const sentence of sentences) {
    const last = blocks.at(-1);
    if (sentence.begins === 'code') blocks.push({ kind: 'code', code: sentence });
    else if (!last || last.kind === 'code' || sentence.begins) blocks.push(...begun(sentence, blocks));
    else blocks.push(continued(blocks.pop() as Exclude<ProseBlock, { readonly kind: 'code' }>, sentence));
  }
  return blocks;
}

/** An item goes into the list before it. */
function begun(sentence: ProseSentence, blocks: ProseBlock[]): ProseBlock[] {
  if (sentence.begins !== 'item') return [{ kind: 'paragraph', sentences: [sentence] }];
  const last = blocks.at(-1)?.kind === 'list' ? (blocks.pop() as Extract<ProseBlock, { kind: 'list' }>) : undefined;
  return [{ kind: 'list', items: [...(last?.items ?? []), [sentence]] }];
}

function continued(block: Exclude<ProseBlock, { readonly kind: 'code' }>, sentence: ProseSentence): ProseBlock {
  if (block.kind === 'paragraph') return { ...block, sentences: [...block.sentences, sentence] };
  return { ...block, items: block.items.with(-1, [...block.items.at(-1)!, sentence]) };
}
