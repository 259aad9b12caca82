// Largest file that an import reads, and the sentence for a larger one.

import { formatCount } from "#format/numbers.ts";

/** Nothing is read that is larger, by its size alone; what the readers themselves take is less. */
export const MAX_FILE_BYTES = 16e6;

/** 16,000,001 bytes are 16.1 MB: never as many as may be. In full from a thousand on. */
const megabytes = (bytes: number): string =>
  bytes < 1e9 ? (Math.ceil(bytes / 1e5) / 10).toFixed(1) : formatCount(Math.ceil(bytes / 1e6));

const MOST = megabytes(MAX_FILE_BYTES).replace(/\.0$/, "");

/** Why standard input, a pipe or a device is not read to its end, which it may not have. */
export const FILE_TOO_LARGE = `The file has more than the ${MOST} MB that are read.`;

/** Why a file of a size is not read; null where it is. */
export const fileSizeProblem = (bytes: number): string | null =>
  bytes > MAX_FILE_BYTES ? `The file has ${megabytes(bytes)} MB, more than the ${MOST} MB that are read.` : null;
