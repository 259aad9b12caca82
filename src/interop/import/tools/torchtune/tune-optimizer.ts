import { ownValue } from "#calc/base/own-value.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn, valueOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, quoted, wordOf } from "#interop/import/take.ts";
import { builderOf } from "./tune-method.ts";

/** Optimizers by their components. @see torchtune@bd2a0fc7:recipes/configs/; bitsandbytes.optim, torchao.optim */
const COMPONENTS: Readonly<Record<string, string>> = {
  "torch.optim.AdamW": "adamw_torch",
  "torch.optim.Adam": "adamw_torch",
  "torch.optim.SGD": "sgd",
  "torch.optim.Adafactor": "adafactor",
  "bitsandbytes.optim.AdamW8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.Adam8bit": "adamw_bnb_8bit",
  "bitsandbytes.optim.PagedAdamW8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdam8bit": "paged_adamw_8bit",
  "bitsandbytes.optim.PagedAdamW": "paged_adamw_32bit",
  "bitsandbytes.optim.PagedAdamW32bit": "paged_adamw_32bit",
  "bitsandbytes.optim.Lion": "lion",
  "torchao.optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.optim.AdamW4bit": "adamw_torch_4bit",
  "torchao.prototype.low_bit_optim.AdamW8bit": "adamw_torch_8bit",
  "torchao.prototype.low_bit_optim.AdamW4bit": "adamw_torch_4bit",
  "torch.optim.Muon": "muon",
};

/** What one becomes that steps in backward, parameter by parameter. */
const IN_BACKWARD: Readonly<Record<string, string>> = {
  adamw_torch: "adamw_in_backward",
  adamw_torch_fused: "adamw_in_backward",
  adamw_bnb_8bit: "adamw_bnb_8bit_in_backward",
  paged_adamw_8bit: "paged_adamw_8bit_in_backward",
  paged_adamw_32bit: "paged_adamw_32bit_in_backward",
};

/** PyTorch's own has a kernel for all parameters together where it is told so. */
const variant = (source: Source, optim: string): string => {
  if (optim === "adamw_torch" && isOn(valueOf(source, "optimizer.fused"))) return "adamw_torch_fused";
  const momentum = numberOf(valueOf(source, "optimizer.momentum")) ?? 0;
  return optim === "sgd" && momentum > 0 ? "sgd_momentum" : optim;
};

const NO_SUCH = "What this optimizer keeps while it steps in backward is not known here.";

/** The optimizer, and whether it steps in backward, which the full recipes alone can. @see torchtune@bd2a0fc7:recipes/full_finetune_distributed.py:208 */
export const readTuneOptimizer = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "optimizer._component_");
  if (field === undefined) return [];
  const named = ownValue(COMPONENTS, wordOf(field.value));
  if (named === undefined)
    return [{ kind: "not-modelled", field, sentence: `The states of ${quoted(field.value)} are not known here.` }];
  const optim = variant(source, named);
  const read: Finding = { kind: "read", field, key: "optim", text: optim };
  const backward = fieldOf(source, "optimizer_in_bwd");
  const isInBackward = backward !== undefined && isOn(backward.value) && !/^q?lora_/.test(builderOf(source));
  if (!isInBackward || backward === undefined) return [read];
  const inBackward = IN_BACKWARD[optim];
  return inBackward === undefined
    ? [read, { kind: "not-modelled", field: backward, sentence: NO_SUCH }]
    : [read, { kind: "read", field: backward, key: "optim", text: inBackward }];
};
