import type { Choices } from "#scenario/keys/choices.ts";
import type { StatementSetting } from "./setting.ts";

/** The old name, which every version heeds: 2.9 does not take expandable segments from `PYTORCH_ALLOC_CONF`. @see pytorch/pytorch#183387, #167659 */
const NAME = "PYTORCH_CUDA_ALLOC_CONF";

const exported = (option: string): string => `export ${NAME}=${option}`;

/** What is set of PyTorch's allocator, for the shell that starts a run; no library has a field for it. @see pytorch/pytorch#96995 (expandable_segments: 2.1) */
export const allocatorVariable = ({ alloc }: Pick<Choices, "alloc">): StatementSetting => {
  if (typeof alloc === "number") return { name: NAME, statement: exported(`max_split_size_mb:${alloc}`) };
  return alloc === "expandable"
    ? { name: NAME, statement: exported("expandable_segments:True"), versions: "From PyTorch 2.1, on Linux." }
    : { name: NAME, statement: null };
};
