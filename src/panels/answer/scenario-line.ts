import type { Answer } from "#scenario/choices/answer.ts";
import { formatCount } from "#format/count.ts";

const PRESETS: Readonly<Record<string, string>> = {
  "q-v": "q, v",
  attention: "attention",
  "attention-mlp": "attention + MLP",
  "all-linear": "all linear",
};

const targetsText = (targets: Answer["choices"]["targets"]): string =>
  typeof targets === "string" ? (PRESETS[targets] ?? targets) : targets.join(", ");

/** The scenario as one line: "Llama 3.1 8B, all linear r = 16, batch 2 × 4,096". */
export const scenarioLine = ({ model, choices }: Answer): string =>
  `${model.name}, ${targetsText(choices.targets)} r\u00a0=\u00a0${choices.r}, batch ${formatCount(choices.batch)}\u00a0×\u00a0${formatCount(choices.seq)}`;
