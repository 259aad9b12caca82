import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { Scenario } from "#calc/scenario.ts";

const hasLinearOf = (layout: ModelLayout, part: "mixer"): boolean =>
  layout.layers.some(({ modules }) => modules.some((module) => module.kind === "linear" && module.part === part));

/** What of the activations is not exact in this scenario, in words for the page. */
export const approximationsOf = (scenario: Scenario, layout: ModelLayout): readonly string[] => {
  const { architecture } = scenario;
  const words = ["The working set of one layer in forward and backward is counted in closed form, not op by op."];
  if (layout.layers.some(({ modules }) => modules.some((module) => module.kind === "experts")))
    words.push("Experts: activations are taken as tokens × experts per token × expert width, spread evenly.");
  if (hasLinearOf(layout, "mixer"))
    words.push("State-space, convolution and linear-attention layers are counted by the widths of their projections.");
  if (architecture.q_lora_rank !== undefined || architecture.kv_lora_rank !== undefined)
    words.push("Latent attention is counted by the width of what it gives out.");
  if (!scenario.packing)
    words.push("Padded rows: the attention mask, and the kernels that it rules out, are left out.");
  return words;
};
