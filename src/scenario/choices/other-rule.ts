import { ownValue } from "#calc/base/own-value.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMomentId } from "#calc/model/whole-run.ts";
import { MOMENT_CODE, type MomentCode, PACKED_CHECKPOINTS } from "#catalog/moment-code.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import type { Choices } from "./choices.ts";

/** A moment outside the step, with what decides whose code runs it. */
type Asked = Readonly<{
  choices: Pick<Choices, "stack" | "saving" | "loading">;
  scenario: Pick<Scenario, "architecture" | "gpus" | "sharding" | "division" | "method">;
}>;

/** True if GPUs share the parameters themselves. */
const sharesParameters = ({ gpus, sharding, division }: Asked["scenario"]): boolean =>
  division !== undefined || (gpus > 1 && ["zero3", "fsdp1", "fsdp2"].includes(sharding));

/** Fused experts that stay as the checkpoint has them. */
const staysPacked = ({ method }: Asked["scenario"]): boolean =>
  method.kind !== "full" && method.experts?.stored === "mxfp4";

const loading = ({ choices, scenario }: Asked, code: MomentCode, library: string): string | null => {
  if (!code.loads) return `Loading is not estimated for ${library}, which loads with code of its own.`;
  const packed = ownValue(PACKED_CHECKPOINTS, scenario.architecture.model_type);
  return packed === undefined || choices.loading !== "device" || staysPacked(scenario)
    ? null
    : `Loading is not estimated: the published checkpoint is ${packed}, which is unpacked to 16 bits on the GPU.`;
};

const saving = ({ choices, scenario }: Asked, code: MomentCode, library: string): string | null => {
  if (choices.saving !== "full" || !sharesParameters(scenario)) return null;
  if (scenario.sharding === "fsdp1") return "Saving is not estimated: with FSDP 1 each GPU may gather the whole model.";
  return code.trainer ? null : `Saving is not estimated for ${library}, which gathers the model with code of its own.`;
};

/**
 * Why the estimate of a moment stands for another library's code, as a sentence; null where it is this library's own. Such a figure decides nothing: published
 * runs ran out of memory where it fitted.
 *
 * @see unslothai/unsloth#1667 (a 16-bit merge on an H200), and docs/methodology.md, The whole run
 */
export const otherRule = (id: RunMomentId, asked: Asked): string | null => {
  const { stack } = asked.choices;
  const known = isStackId(stack) ? stack : "transformers";
  const [code, { name }] = [MOMENT_CODE[known], STACKS[known]];
  switch (id) {
    case "step":
    case "prepare":
    case "generate":
      return null;
    case "loading":
      return loading(asked, code, name);
    case "evaluate":
      return code.trainer ? null : `Evaluation is not estimated for ${name}, which evaluates with code of its own.`;
    case "resume":
      return code.trainer ? null : `Resuming is not estimated for ${name}, which resumes with code of its own.`;
    case "save":
      return saving(asked, code, name);
    case "merge":
      return code.merges ? null : `Merging is not estimated for ${name}: it does not merge as PEFT does.`;
    default:
      return id satisfies never;
  }
};
