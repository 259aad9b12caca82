/** About a mid-range phone beside a developer's machine. */
export const CPU_SLOWDOWN = 4;
