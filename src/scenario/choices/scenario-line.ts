import { formatCount } from "#format/numbers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Answer } from "./answer.ts";
import { OBJECTIVE_NAMES } from "#scenario/words/names.ts";

/** Rows and tokens of a micro batch: "batch 2 × 4,096". */
export const batchLine = ({ batch, seq }: Pick<Choices, "batch" | "seq">): string =>
  `batch ${formatCount(batch)}\u00a0×\u00a0${formatCount(seq)}`;

const PRESETS: Readonly<Record<string, string>> = {
  "q-v": "q, v",
  attention: "attention",
  "attention-mlp": "attention + MLP",
  "all-linear": "all linear",
};

const targetsText = (targets: Answer["choices"]["targets"]): string =>
  typeof targets === "string" ? (PRESETS[targets] ?? targets) : targets.join(", ");

/** What is trained for where that is not plain fine-tuning: "DPO, ". */
const objectiveText = ({ objective }: Answer["choices"]): string =>
  objective === "sft" ? "" : `${OBJECTIVE_NAMES[objective]}, `;

/** The scenario as one line: "Llama 3.1 8B, DPO, all linear r = 16, batch 2 × 4,096". */
export const scenarioLine = ({ model, choices }: Pick<Answer, "model" | "choices">): string =>
  `${model.name}, ${objectiveText(choices)}${targetsText(choices.targets)} r\u00a0=\u00a0${choices.r}, ${batchLine(choices)}`;
