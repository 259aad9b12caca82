/** The CUDA context, in GiB: what it usually takes, the least and the most. */
export const CUDA_CONTEXT_GIB = { usual: 0.4, least: 0.3, most: 0.5 } as const;
