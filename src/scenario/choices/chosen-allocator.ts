import { type AllocatorChoice, DEFAULT_ALLOCATOR } from "#calc/model/allocator-choice.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** What the choices set of PyTorch's allocator. */
export const chosenAllocator = ({ alloc }: Pick<Choices, "alloc">): AllocatorChoice => {
  if (typeof alloc === "number") return { ...DEFAULT_ALLOCATOR, max_split_size_mb: alloc };
  return { ...DEFAULT_ALLOCATOR, expandable_segments: alloc === "expandable" };
};
