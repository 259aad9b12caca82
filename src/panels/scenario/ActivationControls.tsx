import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import type { SelectiveChoice } from "#scenario/keys/values.ts";
import { EVERY_LAYERS } from "#scenario/keys/codec/selective-choice.ts";
import { useScenario } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Segmented } from "#ui/Segmented.tsx";
import { Switch } from "#ui/Switch.tsx";
import { TRAINING_WORDS } from "#scenario/words/training.ts";
import { optionsOf } from "./options.ts";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";
import { useWhyNot } from "./use-why-not.ts";

const OPTIONS = optionsOf(TRAINING_WORDS.selective.values);
type Way = keyof typeof TRAINING_WORDS.selective.values;

const wayOf = (choice: SelectiveChoice): Way => (typeof choice === "number" ? "every" : choice);
const ON_OR_OFF = { true: "On", false: "Off" } as const;

const HINTS: Readonly<Record<Way, string | null>> = {
  none: null,
  op: "Layers keep outputs of attention and of every other matrix product.",
  every: "The other layers keep all that they save.",
};

/** Where activations are until backward: which layers run again and what those keep, and whether the host has them. */
export const ActivationControls = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const stack = useStack();
  const locked = { selective: useLocked("selective"), actoffload: useLocked("actoffload") };
  const whyNot = useWhyNot();
  const own = stack.selective ?? "none";
  const selective = choices.selective ?? own;
  const choose = (next: SelectiveChoice): void => change({ selective: next === own ? null : next });
  const way = wayOf(selective);
  const isOffloaded = choices.actoffload ?? stack.checkpointsOffloaded;
  return (
    <>
      {choices.ckpt && (
        <Segmented
          label="Layers checkpointed"
          locked={locked.selective}
          options={OPTIONS}
          value={way}
          hint={whyNot("selective") ?? HINTS[way]}
          override={stackOverride("selective", choices.selective, TRAINING_WORDS.selective.values[wayOf(own)])}
          onChange={(next) => choose(next === "every" ? EVERY_LAYERS.min : next)}
        />
      )}
      {choices.ckpt && typeof selective === "number" && (
        <NumberField
          label="Layers for each checkpoint"
          locked={locked.selective}
          value={selective}
          {...EVERY_LAYERS}
          format={formatCount}
          onChange={(every) => change({ selective: every })}
        />
      )}
      {choices.objective === "sft" && (
        <Switch
          label="Activations in host memory"
          locked={locked.actoffload}
          checked={isOffloaded}
          hint={whyNot("actoffload")}
          override={stackOverride("actoffload", choices.actoffload, ON_OR_OFF[`${stack.checkpointsOffloaded}`])}
          onChange={(on) => change({ actoffload: on === stack.checkpointsOffloaded ? null : on })}
        />
      )}
    </>
  );
};
