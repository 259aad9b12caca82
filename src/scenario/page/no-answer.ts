/** The engine gave no answer. The message says why, in a sentence for the reader. */
export class NoAnswer extends Error {}
