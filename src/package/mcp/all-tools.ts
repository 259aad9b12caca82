import type { AdviseJson } from "#package/advise-json.ts";
import { advise, estimate } from "#package/api.ts";
import { estimateText } from "./estimate-text.ts";
import { IMPORT_CONFIG } from "./import-config.ts";
import { SCENARIO_PROPERTIES, saysNothing, scenarioOf } from "./scenario-argument.ts";
import { SMALLEST_GPU } from "./smallest-gpu.ts";
import type { ObjectSchema, Tool } from "./tool.ts";

const OF_A_SCENARIO: ObjectSchema = { type: "object", properties: SCENARIO_PROPERTIES, additionalProperties: false };

const ESTIMATE: Tool = {
  description:
    "How much GPU memory a fine-tuning scenario takes: full fine-tuning, LoRA and QLoRA part by part, what the card must have, and whether it fits.",
  inputSchema: OF_A_SCENARIO,
  answer: (given) => {
    const data = estimate(scenarioOf(given));
    return { text: estimateText(data), data };
  },
};

const changeText = ({ smallestSet }: AdviseJson): string => {
  if (smallestSet === null) return "No set of changes makes it fit.";
  if (smallestSet.ids.length === 0) return "Nothing has to change.";
  return `What to change first: ${smallestSet.ids.join(" + ")}.\n${estimateText(estimate(smallestSet.link))}`;
};

const ADVISE: Tool = {
  description:
    "What to change so that the method in focus of a fine-tuning scenario fits its GPU, the largest batch, sequence, rank and model that fit, and the smallest GPUs. Takes a second or more.",
  inputSchema: OF_A_SCENARIO,
  answer: (given) => {
    const data = advise(scenarioOf(given));
    if (data.notKnown !== null) return { text: estimateText(estimate(data.link)), data };
    const { maxBatch, maxSequence } = data.inverse;
    const smallest = data.smallestGpu.map(({ method, gpu, gpus, fit }) =>
      gpu === null
        ? `${method}: no GPU is enough`
        : `${method}: ${gpus} x ${gpu}${fit === "tight" ? ", may not fit" : ""}`,
    );
    const text = [
      estimateText(estimate(data.link)),
      changeText(data),
      `Largest micro batch ${maxBatch.value ?? "none"}, longest sequence ${maxSequence.value ?? "none"} with all else as it is.`,
      `Smallest GPUs: ${smallest.join("; ")}.`,
    ];
    return { text: text.join("\n"), data };
  },
};

const OF_THE_DEFAULT = "Note: neither link nor keys say anything: this is the default scenario.";

/** A tool of a scenario, which says so where the default one stands for what was not given. */
const noted = (tool: Tool): Tool => ({
  ...tool,
  answer: (given) => {
    const { text, data } = tool.answer(given);
    return { text: saysNothing(given) ? `${OF_THE_DEFAULT}\n${text}` : text, data };
  },
});

/** The tools of the server by their names. None writes anything, and none asks anybody. */
export const ALL_TOOLS: Readonly<Record<string, Tool>> = {
  estimate: noted(ESTIMATE),
  advise: noted(ADVISE),
  smallest_gpu: noted(SMALLEST_GPU),
  import_config: IMPORT_CONFIG,
};
