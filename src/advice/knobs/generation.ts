// Knobs for generation in training: vLLM sleep mode, and fewer completions at once.

import { type Knob, type KnobMaker, NO_SCALE, type ScaleMaker, scaleOf } from "./knob.ts";
import { formatCount } from "#format/numbers.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { vllmShare } from "#scenario/choices/gpu-memory.ts";
import {
  generatesOnTrainingGpu,
  completionsPerPrompt,
  generatedRows,
  stepsPerGeneration,
} from "#scenario/choices/objective-settings.ts";

/** vLLM beside the trainer gives its share of the card back while a step runs. */
export const sleeping: KnobMaker = ({ choices }) =>
  vllmShare(choices) === 0
    ? []
    : [
        {
          id: "vllm-sleep",
          subject: "vllm",
          title: "vLLM asleep while a step runs",
          phrase: "let vLLM sleep while a step runs",
          lever: { words: "vllm_enable_sleep_mode=True", isLargest: false },
          price: "vllmSleep",
          patch: { sleep: true },
        },
      ];

/** Whether each generation is of one update. All its completions are then of the policy that is updated. */
const isOfOneUpdate = ({ accum, gensteps }: Choices): boolean => gensteps === null || accum % gensteps === 0;

/**
 * Fewer completions at once: those of an update, or of a part of it. Prompts stay whole, and have as many completions as before.
 * A generation that several updates share is another policy's in all but the first of them, so fewer steps change what is learned.
 */
export const generationSteps: ScaleMaker = ({ choices }) => {
  if (!generatesOnTrainingGpu(choices)) return NO_SCALE;
  const now = choices.gensteps ?? choices.accum;
  const price = isOfOneUpdate(choices) ? "generationSteps" : "generationEachUpdate";
  const steps = Array.from({ length: now - 1 }, (_, index) => index + 1);
  const isWhole = (to: number): boolean =>
    choices.accum % to === 0 &&
    stepsPerGeneration({ ...choices, gensteps: to }) === to &&
    completionsPerPrompt({ ...choices, gensteps: to }) === completionsPerPrompt(choices) &&
    (generatedRows({ ...choices, gensteps: to }) * choices.gpus) % completionsPerPrompt(choices) === 0;
  const at = (to: number): Knob => {
    const rows = formatCount(generatedRows({ ...choices, gensteps: to }));
    return {
      id: "generation-steps",
      subject: "generationSteps",
      title: `Completions at once ${formatCount(generatedRows(choices))} to ${rows}`,
      phrase: `generate ${rows} completions at once`,
      lever: { words: `steps_per_generation=${to}`, isLargest: true },
      moment: "generate",
      price,
      patch: { gensteps: to },
    };
  };
  return scaleOf(steps.filter(isWhole), { now, at });
};
