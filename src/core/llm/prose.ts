/** Prose lies beside the answers, because conversations keep it. */
export type { Prose, ProseSentence, ProseState } from '#core/answer/prose.ts';
