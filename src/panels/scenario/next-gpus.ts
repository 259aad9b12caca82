/** One machine has up to eight; beyond that machines are added whole. */
const OF_A_MACHINE = 8;
const USUAL = [1, 2, 4, OF_A_MACHINE] as const;

/** The next usual number of GPUs up or down: 1, 2, 4, 8, 16, 24 … */
export const nextGpus = (gpus: number, direction: 1 | -1): number => {
  if (direction === 1)
    return USUAL.find((count) => count > gpus) ?? OF_A_MACHINE * (Math.floor(gpus / OF_A_MACHINE) + 1);
  return gpus > OF_A_MACHINE
    ? OF_A_MACHINE * (Math.ceil(gpus / OF_A_MACHINE) - 1)
    : (USUAL.findLast((count) => count < gpus) ?? 1);
};
