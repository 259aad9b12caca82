import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Switch } from "#ui/Switch.tsx";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";

/** Whether GPUs that divide matrices keep the logits divided for the loss: `loss=parallel` instead of `full`. */
export const DividedLossControl = ({ whyNot }: Readonly<{ whyNot: string | undefined }>): ReactElement => {
  const { loss, tp } = useChoices("loss", "tp");
  const stack = useStack();
  const used = loss ?? stack.loss;
  const byStack = stack.loss === "parallel";
  const isWhole = used === "full" || used === "parallel";
  const checked = loss === "parallel" || (used === "parallel" && tp > 1);
  const alone = tp === 1 && !checked ? "Needs tensor parallel." : undefined;
  return (
    <Switch
      label="Loss over divided logits"
      locked={useLocked("loss")}
      checked={checked}
      hint={whyNot}
      override={isWhole ? stackOverride("loss", loss, byStack ? "On" : "Off") : null}
      disabledWhy={isWhole ? alone : "Needs the full loss."}
      onChange={(divides) => {
        const chosen = divides ? "parallel" : "full";
        change({ loss: divides === byStack ? null : chosen });
      }}
    />
  );
};
