/** The figures of a message, as they are printed; null: the thread does not show it. */
export type PrintedFigures = Readonly<{
  tried: string;
  gpu: number | null;
  total: string | null;
  free: string | null;
  allocated: string | null;
  reserved: string | null;
  unallocated: string | null;
  process: string | null;
  processes: readonly string[];
}>;

/** The version of PyTorch whose words a message has. */
export type Wording = "2.0" | "2.1" | "2.2";

const said = (before: string, figure: string | null, after: string): string =>
  figure === null ? "" : `${before}${figure}${after}`;

const older = ({ gpu, total, allocated, free, reserved }: PrintedFigures): string => {
  const parts = [
    `GPU ${gpu ?? 0}`,
    said("", total, " total capacity"),
    said("", allocated, " already allocated"),
    said("", free, " free"),
    said("", reserved, " reserved in total by PyTorch"),
  ];
  return ` (${parts.filter((part) => part !== "").join("; ")})`;
};

const newer = (figures: PrintedFigures, capacity: string): string => {
  const { gpu, total, free, process, processes, allocated, unallocated } = figures;
  const parts = [
    said(`GPU ${gpu ?? 0} has a total ${capacity} of `, total, said(" of which ", free, " is free") + "."),
    ...processes.map((each, index) => `Process ${1000 + index} has ${each} memory in use.`),
    said("Including non-PyTorch memory, this process has ", process, " memory in use."),
    said("Of the allocated memory ", allocated, " is allocated by PyTorch"),
    said("and ", unallocated, " is reserved by PyTorch but unallocated."),
  ];
  return `. ${parts.filter((part) => part !== "").join(" ")}`;
};

const WORDS: Readonly<Record<Wording, (figures: PrintedFigures) => string>> = {
  "2.0": older,
  "2.1": (figures) => newer(figures, "capacty"),
  "2.2": (figures) => newer(figures, "capacity"),
};

/** A message put together from its figures, in the words of the version that printed it, under a traceback of its functions. */
export const messageText = (
  functions: readonly string[],
  { figures, wording }: Readonly<{ figures: PrintedFigures; wording: Wording }>,
): string => {
  const lines = functions.map((name) => `  File "site-packages/module.py", line 1, in ${name}`);
  const error = `torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate ${figures.tried}${WORDS[wording](figures)}`;
  return ["Traceback (most recent call last):", ...lines, error].join("\n");
};
