import type { Answer } from "./answer.ts";
import { batchLine } from "./batch-line.ts";

const PRESETS: Readonly<Record<string, string>> = {
  "q-v": "q, v",
  attention: "attention",
  "attention-mlp": "attention + MLP",
  "all-linear": "all linear",
};

const targetsText = (targets: Answer["choices"]["targets"]): string =>
  typeof targets === "string" ? (PRESETS[targets] ?? targets) : targets.join(", ");

/** The scenario as one line: "Llama 3.1 8B, all linear r = 16, batch 2 × 4,096". */
export const scenarioLine = ({ model, choices }: Pick<Answer, "model" | "choices">): string =>
  `${model.name}, ${targetsText(choices.targets)} r\u00a0=\u00a0${choices.r}, ${batchLine(choices)}`;
