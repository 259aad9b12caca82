import type { ReactElement } from "react";
import { STACK_WORDS } from "#scenario/words/stack.ts";
import { usualComputeOf } from "#scenario/choices/resolve-stack.ts";
import { change } from "#scenario/page/actions.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { optionsOf } from "./options.ts";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";

const OPTIONS = optionsOf(STACK_WORDS.compute.values);

/** The type that matrix products are computed in. What the stack takes on the chosen card is no change. */
export const ComputeControl = (): ReactElement => {
  const choices = useChoices("compute", "stack");
  const { gpu } = useAnswer();
  const usual = usualComputeOf(choices, gpu.traits);
  return (
    <Segmented
      label="Compute type"
      locked={useLocked("compute")}
      options={OPTIONS}
      value={choices.compute ?? usual}
      override={stackOverride("compute", choices.compute, usual)}
      hint={gpu.traits.compute === "bf16" ? null : `${gpu.shortName} has no bf16.`}
      onChange={(compute) => change({ compute: compute === usual ? null : compute })}
    />
  );
};
