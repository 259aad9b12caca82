import type { ReactElement } from "react";
import type { ObjectiveId } from "#calc/model/objective.ts";
import { stackLibrary } from "#catalog/stack-library.ts";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { ranAsWords } from "#catalog/stack-words.ts";
import { isStackId, STACK_GROUPS, type StackId } from "#catalog/stacks.ts";
import { trainsFor } from "#catalog/trains-for.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { Select } from "#ui/Select.tsx";
import { Switch } from "#ui/Switch.tsx";
import { ComputeControl } from "./ComputeControl.tsx";
import { ExpertControls } from "./ExpertControls.tsx";
import { STACK_WORDS } from "#scenario/words/stack.ts";
import { optionsOf } from "./options.ts";
import { QuantControls } from "./QuantControls.tsx";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useStack } from "./use-stack.ts";
import { useUnknown } from "./use-unknown.ts";

/** The libraries that train for something, under their headings. */
const stackOptions = (objective: ObjectiveId) =>
  STACK_GROUPS.map(({ label, rows }) => ({
    label,
    options: Object.entries(rows)
      .filter(([value]) => trainsFor(value, objective))
      .map(([value, { name }]) => ({ value, label: name })),
  })).filter(({ options }) => options.length > 0);
const KBIT_OPTIONS = optionsOf(STACK_WORDS.kbit.values);

/** The training library, and what it decides about number formats. */
export const StackControls = (): ReactElement => {
  const choices = useChoices("stack", "objective", "autocast", "kbit");
  const stack = useStack();
  const unknown = useUnknown("stack");
  return (
    <>
      <Select
        label="Stack"
        locked={useLocked("stack")}
        options={stackOptions(choices.objective)}
        value={choices.stack}
        unlisted={unknown}
        hint={isStackId(choices.stack) && unknown === undefined ? <StackHint stack={choices.stack} /> : null}
        onChange={(id) => {
          if (isStackId(id)) change({ stack: id });
        }}
      />
      <ComputeControl />
      <Switch
        label="Autocast"
        locked={useLocked("autocast")}
        checked={choices.autocast ?? stack.autocast}
        override={stackOverride("autocast", choices.autocast, stack.autocast ? "On" : "Off")}
        onChange={(autocast) => change({ autocast: autocast === stack.autocast ? null : autocast })}
      />
      <QuantControls />
      <ExpertControls />
      <Chips
        label="k-bit preparation"
        locked={useLocked("kbit")}
        choose="one"
        options={KBIT_OPTIONS}
        selected={[choices.kbit ?? stack.kbitPreparation]}
        override={stackOverride("kbit", choices.kbit, STACK_WORDS.kbit.values[stack.kbitPreparation])}
        hint="How the parameters that are not quantised are cast."
        onChange={([kbit = null]) => change({ kbit: kbit === stack.kbitPreparation ? null : kbit })}
      />
    </>
  );
};

const StackHint = ({ stack }: Readonly<{ stack: StackId }>): ReactElement => (
  <>
    {ranAsWords(stackLibrary(stack))} {STACK_NOTES[stack].summary} <a href="#libraries">What this changes, in bytes</a>
  </>
);
