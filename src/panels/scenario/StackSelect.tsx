import { type ReactElement, useState } from "react";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { chooseStack } from "#scenario/actions.ts";
import { useChoices } from "#scenario/use-choices.ts";
import { Select } from "#ui/Select.tsx";
import { useLocked } from "./use-locked.ts";

const OPTIONS = Object.entries(STACKS).map(([value, { name }]) => ({ value, label: name }));

/** The training library. Some run modelling code of their own, which is loaded with the choice. */
export const StackSelect = (): ReactElement => {
  const { stack } = useChoices("stack");
  const [problem, setProblem] = useState<string | null>(null);
  const summary = isStackId(stack) && (
    <>
      {STACK_NOTES[stack].summary} <a href="#libraries">What this changes, in bytes</a>
    </>
  );
  return (
    <Select
      label="Stack"
      locked={useLocked("stack")}
      options={OPTIONS}
      value={stack}
      hint={problem ?? summary}
      onChange={(id) => {
        if (!isStackId(id)) return;
        setProblem(null);
        chooseStack(id).catch(() =>
          setProblem(`What ${STACKS[id].name} computes could not be loaded. Try again when you are online.`),
        );
      }}
    />
  );
};
