import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";

const NAMES = ["PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF"];

/** What is set of PyTorch's allocator in the environment. @see https://docs.pytorch.org/docs/stable/notes/cuda.html#optimizing-memory-usage-with-pytorch-alloc-conf */
export const readAllocator = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, NAMES);
  if (field === undefined) return [];
  const word = wordOf(field.value);
  if (/expandable_segments:\s*true/i.test(word)) return [{ kind: "read", field, key: "alloc", text: "expandable" }];
  const [, split] = /max_split_size_mb:\s*(\d+)/i.exec(word) ?? [];
  return split === undefined
    ? [{ kind: "ignored", field, sentence: "It sets nothing that the allocator's model knows." }]
    : [{ kind: "read", field, key: "alloc", text: `split:${split}` }];
};
