import { isKnown } from "#calc/families/known-families.ts";
import type { Scenario } from "#calc/scenario.ts";

/** Types whose code is in their repositories alone: written as their nearest kin in transformers, and held against nothing. */
const REMOTE_CODE = new Set(["deepseek", "internlm2", "mimo", "minicpm", "phi3small"]);

/** Types with convolutions, state spaces or linear attention. */
const HYBRIDS = /^(lfm2|granitemoehybrid|nemotron_h|qwen3_next|qwen3_5)/;

const ofModel = ({ model_type }: Scenario["architecture"]): readonly string[] => {
  if (!isKnown(model_type)) return [`Nobody knows the code of ${model_type} here: it is run as a Llama of its fields.`];
  if (REMOTE_CODE.has(model_type))
    return [
      `The code of ${model_type} is not in transformers: it is run as its nearest kin, and held against nothing.`,
    ];
  return HYBRIDS.test(model_type)
    ? ["Convolutions, state spaces and linear attention run as transformers runs them without the optional kernels."]
    : [];
};

/** What of forward and backward is not exact in this scenario, in words for the page. */
const ofStep = ({ architecture, method, loss, packing }: Scenario): readonly string[] => {
  const words = [...ofModel(architecture)];
  if (method.kind === "qlora" && method.quantization.kind !== "bnb-4bit")
    words.push(
      "Forward and backward of the quantised linears are those of 4-bit ones; only their weights are their own.",
    );
  if (loss.kind !== "full")
    words.push("This loss is counted from the source of its kernel; it is not held against a run of it.");
  if (!packing) words.push("Padded rows: the attention mask, and the kernels that it rules out, are left out.");
  return words;
};

/** What is not exact about more than one GPU and about offloading, in words for the page. */
const ofRanks = (scenario: Scenario): readonly string[] => {
  const words: string[] = [];
  if (scenario.gpus > 1 && scenario.sharding !== "none")
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
  scenario.accounting === "bytes-per-parameter" ? [FLAT] : [...ofStep(scenario), ...ofRanks(scenario)];
