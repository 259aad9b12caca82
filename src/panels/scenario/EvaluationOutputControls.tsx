// Controls for the outputs that an evaluation keeps.

import type { ReactElement, ReactNode } from "react";
import { formatCount } from "#format/numbers.ts";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { RUN_WORDS } from "#scenario/words/key-words.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import type { Option } from "#ui/Field.tsx";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { useLocked } from "./control-state.ts";
import { optionsOf } from "./library-override.ts";

/** Labels for moving outputs to the CPU: at the end of the evaluation, or after every n batches. */
const MOVED_NAMES = { end: "At the end", every: "Every n batches" } as const;

type Kept = Choices["evalkeep"];
type Moved = keyof typeof MOVED_NAMES;

const KEPT_OPTIONS = optionsOf(RUN_WORDS.evalkeep.values);
const MOVED_OPTIONS = optionsOf(MOVED_NAMES);

const GENERATED = "Generated tokens are kept in place of logits.";
const LOSSES_ALONE = "Only losses are kept, one number a row.";

const KEPT_HINTS: Readonly<Record<Kept, ReactNode>> = {
  loss: (
    <>
      <code>prediction_loss_only</code>, or no metrics.
    </>
  ),
  logits: (
    <>
      With <code>compute_metrics</code>, until they are moved.
    </>
  ),
  argmax: (
    <>
      By <code>preprocess_logits_for_metrics</code>.
    </>
  ),
};

/** The options, but for some that cannot be chosen now. */
const without = <Value extends string>(
  options: readonly Option<Value>[],
  stays: Value,
  disabledWhy: string | undefined,
): readonly Option<Value>[] =>
  disabledWhy === undefined
    ? options
    : options.map((option) => (option.value === stays ? option : { ...option, disabledWhy }));

/** What an evaluation keeps of each batch, where, and how. */
export const EvaluationOutputControls = (): ReactElement => {
  const { evalgen, evalkeep, evallist } = useChoices("evalgen", "evalkeep", "evallist");
  const locked = useLocked("eval");
  const generates = evalgen > 0;
  const lossesAlone = evalkeep === "loss" && !generates ? LOSSES_ALONE : undefined;
  return (
    <>
      <Segmented
        label="Kept of an evaluation"
        locked={locked}
        options={without(KEPT_OPTIONS, "loss", generates ? GENERATED : undefined)}
        value={evalkeep}
        hint={generates ? GENERATED : KEPT_HINTS[evalkeep]}
        onChange={(next) => changeChoices({ evalkeep: next })}
      />
      <MovedControls lossesAlone={lossesAlone} />
      <Switch
        label="Evaluation kept in a list"
        locked={locked}
        checked={evallist}
        disabledWhy={evallist ? undefined : lossesAlone}
        hint={
          <>
            <code>eval_do_concat_batches=False</code>: not joined.
          </>
        }
        onChange={(on) => changeChoices({ evallist: on })}
      />
    </>
  );
};

/** When what is kept goes to host memory. @param lossesAlone said where that is next to nothing */
const MovedControls = ({ lossesAlone }: Readonly<{ lossesAlone: string | undefined }>): ReactElement => {
  const { evalmove } = useChoices("evalmove");
  const locked = useLocked("eval");
  const moved: Moved = evalmove === 0 ? "end" : "every";
  return (
    <>
      <Segmented
        label="Moved to the host"
        locked={locked}
        options={without(MOVED_OPTIONS, moved, lossesAlone)}
        value={moved}
        hint={lossesAlone ?? (evalmove === 0 ? null : "What is kept takes host memory instead.")}
        onChange={(next) => changeChoices({ evalmove: next === "end" ? 0 : 1 })}
      />
      {evalmove > 0 && (
        <NumberField
          label="Evaluation steps on the GPU"
          locked={locked}
          value={evalmove}
          min={1}
          max={RANGES.evalmove.max}
          format={formatCount}
          hint={<code>eval_accumulation_steps</code>}
          onChange={(batches) => changeChoices({ evalmove: batches })}
        />
      )}
    </>
  );
};
