import type { ConfigFacts } from "#calc/model/config-facts.ts";
import type { OlderLayer } from "./modellings/older-layer.ts";
import type { None } from "./none.ts";
import type { TensorPlan } from "./tensor-plan.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** A kind of reference run: one GPU's step, ranks that divide one model, or share out its experts, LitGPT's own step. */
export type HeldRun = "step" | "tensor parallel" | "sequence parallel" | "Ulysses" | "expert parallel" | "LitGPT";

/** The reference runs that a type was held against, or the type whose code and runs it shares. */
export type HeldAgainst = Readonly<{ runs: readonly HeldRun[] }> | Readonly<{ as: string }>;

/** All that is known of a `model_type`. Every fact is decided: where one is missing, `None` says why. */
export type ModelType = Readonly<{
  /** Its name in a sentence. */
  name: string;
  /** Its forward pass in transformers 5, or in the library whose type it is. */
  forward: Forward;
  /** How ranks divide its matrices. */
  tensorParallel: TensorPlan | None;
  /** Whether ranks can divide its sequences as PyTorch's ring does. */
  contextParallel: true | None;
  /** Whether ranks can share out its heads as DeepSpeed's Ulysses does. */
  ulysses: true | None;
  /** Whether ranks can divide its layers. */
  pipeline: true | None;
  /** Its layer in transformers 4. */
  transformers4: OlderLayer | None;
  /** Whether torchtune's decoder is this type. */
  torchtune: true | None;
  /** Whether Unsloth's own layer, written for Llama, is run for it. */
  unsloth: true | None;
  /** Whether Liger's kernels are written down for it: they stand in for its norms, its gated MLP and its rotary embedding. */
  liger: true | None;
  /** Why transformers has no SDPA for it: where no kernel is named it runs eager attention. Absent: it has. */
  withoutSdpa?: string;
  /** The fields that its config.json may leave out. */
  config: ConfigFacts | None;
  heldAgainst: HeldAgainst | None;
  /** In which way its step is not exact, in words for the page. */
  approximation: string | None;
}>;
