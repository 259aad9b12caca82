import { layoutOf } from "#calc/families/layout-of.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import { effectiveSharding } from "#calc/parallel/sharding.ts";
import type { Scenario } from "#calc/scenario.ts";

const hasLinearOf = (layout: ModelLayout, part: "mixer"): boolean =>
  layout.layers.some(({ modules }) => modules.some((module) => module.kind === "linear" && module.part === part));

/** What of the activations is not exact in this scenario, in words for the page. */
const ofActivations = (scenario: Scenario): readonly string[] => {
  const { architecture } = scenario;
  const layout = layoutOf(architecture);
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

/** What is not exact about more than one GPU and about offloading, in words for the page. */
const ofRanks = (scenario: Scenario): readonly string[] => {
  const words: string[] = [];
  const sharding = effectiveSharding(scenario);
  if (sharding !== "none")
    words.push(
      "More than one GPU: parts are divided evenly over the ranks; communication buffers beyond the gathered unit are left out.",
    );
  if (scenario.offload !== "none")
    words.push("Offloading: what moves to the host is taken as gone from the card; staging buffers are left out.");
  return words;
};

const FLAT =
  "A flat rule of thumb: batch, sequence length and vocabulary, which decide much of a real run, are left out.";

/** What is not exact in the estimate of a scenario, in words for the page; empty when nothing. */
export const explainApproximations = (scenario: Scenario): readonly string[] =>
  scenario.accounting === "bytes-per-parameter" ? [FLAT] : [...ofActivations(scenario), ...ofRanks(scenario)];
