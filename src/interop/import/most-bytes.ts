/** Nothing is read that is larger, by its size alone; what the readers themselves take is less. */
export const MOST_BYTES = 16e6;

/** Why a file of a size is not read; null where it is. */
export const tooLarge = (bytes: number): string | null =>
  bytes > MOST_BYTES
    ? `The file has ${(Math.ceil(bytes / 1e5) / 10).toFixed(1)} MB, more than the ${MOST_BYTES / 1e6} MB that are read.`
    : null;
