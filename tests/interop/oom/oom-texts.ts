/** What a message says, in the words of PyTorch 2.2 and later. */
export type Said = Readonly<{
  tried: string;
  allocated?: string;
  total?: string;
  free?: string;
  /** Names of its traceback, outermost first. */
  functions?: readonly string[];
}>;

/** A traceback with its error, as a terminal prints it. */
export const oomText = ({
  tried,
  allocated = "19.27 GiB",
  total = "23.52 GiB",
  free = "3.59 GiB",
  functions = [],
}: Said): string =>
  [
    ...(functions.length > 0 ? ["Traceback (most recent call last):"] : []),
    ...functions.map((name) => `  File "/opt/lib/trainer.py", line 7, in ${name}\n    out = self.inner(x)`),
    `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate ${tried}. GPU 0 has a total capacity of ${total} of which ${free} is free. ` +
      `Including non-PyTorch memory, this process has 19.92 GiB memory in use. Of the allocated memory ${allocated} is allocated by PyTorch, and ` +
      "221.90 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting " +
      "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.",
    "",
  ].join("\n");
