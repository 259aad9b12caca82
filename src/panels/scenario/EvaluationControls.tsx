import type { ReactElement } from "react";
import { evaluationBatch } from "#catalog/evaluation-batch.ts";
import { formatCount } from "#format/count.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { KeptControls } from "./KeptControls.tsx";
import { parseTokens } from "./parse-tokens.ts";
import { useLocked } from "./use-locked.ts";
import { useWhyNot } from "./use-why-not.ts";
import { useWhyNotInRun } from "./use-why-not-in-run.ts";

/** Nothing is evaluated, and nothing is said of how: a link would say it in vain. */
const notEvaluated = (): Partial<Choices> => {
  const { eval: none, evalseq, evalgen, evalkeep, evalbatches, evalmove, evallist } = DEFAULT_CHOICES;
  return { eval: none, evalseq, evalgen, evalkeep, evalbatches, evalmove, evallist };
};

/** Whether the run evaluates, and then with what and what it keeps of it. */
export const EvaluationControls = (): ReactElement => {
  const { eval: batch, stack, batch: trained } = useChoices("eval", "stack", "batch");
  const whyNot = useWhyNot();
  const usual = evaluationBatch({ stack, batch: trained });
  const refused = useWhyNotInRun()("eval", usual);
  const isOn = batch > 0;
  return (
    <>
      <Switch
        label="Evaluation"
        locked={useLocked("eval")}
        checked={isOn}
        disabledWhy={isOn ? undefined : refused}
        hint={whyNot("eval") ?? (isOn ? null : `Not counted. At batch ${formatCount(usual)} unless it is set.`)}
        onChange={(on) => change(on ? { eval: usual } : notEvaluated())}
      />
      {isOn && <EvaluatedControls usual={usual} />}
    </>
  );
};

/** How large an evaluation is. @param usual the batch that the library has by itself */
const EvaluatedControls = ({ usual }: Readonly<{ usual: number }>): ReactElement => {
  const choices = useChoices("seq", "eval", "evalseq", "evalgen", "evalbatches");
  const { seq, evalseq } = choices;
  const locked = useLocked("eval");
  return (
    <>
      <NumberField
        label="Evaluation batch"
        locked={locked}
        value={choices.eval}
        min={1}
        max={RANGES.eval.max}
        format={formatCount}
        hint={
          <>
            <code>per_device_eval_batch_size</code>, by itself {formatCount(usual)}.
          </>
        }
        onChange={(rows) => change({ eval: rows })}
      />
      <NumberField
        label="Evaluation length"
        locked={locked}
        value={evalseq ?? seq}
        {...RANGES.seq}
        format={formatCount}
        parse={parseTokens}
        hint={evalseq === null ? "As in training." : null}
        override={
          evalseq === null
            ? null
            : {
                sentence: `Changed. In training it is ${formatCount(seq)}.`,
                reset: () => change({ evalseq: null }),
              }
        }
        onChange={(tokens) => change({ evalseq: tokens === seq ? null : tokens })}
      />
      <NumberField
        label="Evaluation batches"
        locked={locked}
        value={choices.evalbatches}
        {...RANGES.evalbatches}
        format={formatCount}
        hint="Rows of its set, over batch and GPUs."
        onChange={(batches) => change({ evalbatches: batches })}
      />
      <NumberField
        label="Tokens generated"
        locked={locked}
        value={choices.evalgen}
        {...RANGES.evalgen}
        format={formatCount}
        parse={parseTokens}
        hint={
          <>
            <code>predict_with_generate</code>; 0: none.
          </>
        }
        onChange={(tokens) => change({ evalgen: tokens })}
      />
      <KeptControls />
    </>
  );
};
