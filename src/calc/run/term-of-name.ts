import { bytes } from "#calc/base/quantity.ts";
import { ALLOCATED_TERM_IDS, type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/term.ts";
import type { AliveByName } from "#calc/model/whole-run.ts";
import type { Bytes } from "#calc/base/quantity.ts";

/** What tensors of a moment are called that are not called by their term. */
const TERM_OF_NAME: ReadonlyMap<string, AllocatedTermId> = new Map([
  ...ALLOCATED_TERM_IDS.map((term): [string, AllocatedTermId] => [term, term]),
  ["absolute maxima", "weights"],
  ["experts one by one", "weights"],
  ["gates and ups of experts, apart", "weights"],
  ["matrix before it is quantised", "weights"],
  ["matrix in fp16", "weights"],
  ["stacks of experts", "weights"],
  ["the whole model", "weights"],
  ["whole parameters", "weights"],
  ["weight, cloned", "weights"],
  ["chosen experts", "workspace"],
  ["dequantised weight", "weights"],
  ["sum", "weights"],
  ["sum, on its way back from the host", "weights"],
  ["B A", "adapters"],
  ["adapters on the host", "adapters"],
  ["copies of modules_to_save", "adapters"],
  ["optimizer states of the file", "optimizer"],
  ["KV cache", "activations"],
  ["batch", "activations"],
  ["batch on the host", "activations"],
  ["generated tokens", "activations"],
  ["training batch", "activations"],
  ["kept losses", "logits"],
  ["kept outputs", "logits"],
  ["buffers", "workspace"],
  ["buffers, batch, workspaces", "workspace"],
  ["check for numbers", "workspace"],
  ["frequencies on the host", "workspace"],
  ["scalars", "workspace"],
  ["tables of bitsandbytes", "workspace"],
]);

/** The term that a tensor of a moment belongs to; null for a name that no moment allocates. */
export const termOfName = (name: string): AllocatedTermId | null => TERM_OF_NAME.get(name) ?? null;

/** What is alive at a moment, term by term; they sum to what is alive. A name that nobody knows is a workspace. */
export const termsOfAlive = (alive: readonly AliveByName[]): PerTerm<Bytes> => {
  const terms = perTerm(() => bytes(0));
  for (const each of alive) {
    const term = termOfName(each.name) ?? "workspace";
    terms[term] = bytes(terms[term] + each.bytes);
  }
  return terms;
};
