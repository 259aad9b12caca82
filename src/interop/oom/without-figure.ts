/** An error of memory that does not say how much was asked for: what it is, and what can be done. */
export type WithoutFigure = Readonly<{ of: string; sentence: string }>;

const RUN_AGAIN =
  'It does not say how much was asked for. Run it again with CUDA_LAUNCH_BLOCKING=1, or with more of the card free, until PyTorch\'s own text comes ("Tried to allocate ...").';

const CUT_OFF =
  'This is PyTorch\'s error, and its figures are missing. Copy all of it: the line that goes on with "Tried to allocate ..." and, if you have it, the traceback above.';

const KNOWN: readonly Readonly<{ has: string; of: string; sentence: string }>[] = [
  {
    has: "defaultcpuallocator",
    of: "host memory",
    sentence:
      "This is memory of the host and not of a GPU: DefaultCPUAllocator had none left. Load the model onto the GPU directly (device_map), with fewer processes, or on a host with more.",
  },
  {
    has: "error out of memory at line",
    of: "bitsandbytes",
    sentence: `This is bitsandbytes' own allocation: states of a paged optimizer, which CUDA's managed memory had no room for. ${RUN_AGAIN}`,
  },
  {
    has: "cublas_status_alloc_failed",
    of: "cuBLAS",
    sentence: `cuBLAS found no room for its workspace or handle (8 to 32 MiB): the card was full before. ${RUN_AGAIN}`,
  },
  {
    has: "failed, nccl error",
    of: "NCCL",
    sentence: `NCCL found no room for its buffers, outside of what PyTorch counts: the card was full before. ${RUN_AGAIN}`,
  },
  {
    has: "error: out of memory",
    of: "the CUDA driver",
    sentence: `The driver had no memory, outside of PyTorch's allocator: another process has the card, or PyTorch has all of it. ${RUN_AGAIN}`,
  },
  { has: "outofmemoryerror", of: "PyTorch", sentence: CUT_OFF },
  { has: "backend out of memory", of: "PyTorch", sentence: CUT_OFF },
  { has: "hip out of memory", of: "PyTorch", sentence: CUT_OFF },
  { has: "cuda out of memory", of: "PyTorch", sentence: CUT_OFF },
];

/** What an error without a figure is; null where the text is none that is known. @param text in lower case */
export const withoutFigure = (text: string): WithoutFigure | null => {
  const known = KNOWN.find(({ has }) => text.includes(has));
  return known === undefined ? null : { of: known.of, sentence: known.sentence };
};
