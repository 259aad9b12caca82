import { GIB } from "#calc/base/quantity.ts";
import { formatGib } from "#format/bytes.ts";
import { middleOf } from "./byte-range.ts";
import type { Figures } from "./figures.ts";

/** A CUDA context, and what NCCL and libraries have beside PyTorch: more than this is of another process. */
const MOST_CONTEXT = 2 * GIB;

/** Less is what any run has. */
const LEAST_UNUSED = GIB / 4;

/** What PyTorch had of the card, and no tensor. */
const unused = ({ unallocated, reserved, allocated }: Figures): number => {
  if (unallocated !== null) return middleOf(unallocated);
  return reserved === null || allocated === null ? 0 : middleOf(reserved) - middleOf(allocated);
};

/** What of the card neither this process has, nor nobody. */
const ofOthers = ({ total, free, inUse, reserved }: Figures): number => {
  if (total === null || free === null) return 0;
  const ours = inUse ?? reserved;
  return ours === null ? 0 : middleOf(total) - middleOf(free) - middleOf(ours);
};

/** What figures beside the request say: memory that nobody used, and memory that somebody else had. */
export const besideWords = (figures: Figures): readonly string[] => {
  const words: string[] = [];
  const idle = unused(figures);
  if (idle >= LEAST_UNUSED && idle > middleOf(figures.tried ?? { low: 0, high: 0 }))
    words.push(
      `PyTorch had ${formatGib(idle)} GiB of the card that no tensor had, in pieces too small: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True may be all that it needs.`,
    );
  const others = ofOthers(figures);
  if (others > MOST_CONTEXT)
    words.push(
      `${formatGib(others)} GiB of the card are of another process: see nvidia-smi, and end what should not be there.`,
    );
  return words;
};
