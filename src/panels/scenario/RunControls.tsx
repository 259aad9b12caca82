// Controls for evaluation, saving and the other moments outside the training step.

import { whyNoMomentInAny } from "#scenario/choices/run-settings.ts";
import { type Choices, DEFAULT_CHOICES, RANGES } from "#scenario/keys/choices.ts";
import { linkTexts } from "#scenario/choices/encode-link.ts";
import { useAnswer, useScenario, useChoices } from "#scenario/page/store.ts";
import type { ReactElement, ReactNode } from "react";
import { evaluationBatch } from "#catalog/library-moments.ts";
import { formatCount } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { EvaluationOutputControls } from "./EvaluationOutputControls.tsx";
import { parseTokens } from "./scales.ts";
import { useLocked, useWhyNot } from "./control-state.ts";
import { optionsOf } from "./library-override.ts";
import { RUN_WORDS } from "#scenario/words/key-words.ts";
import type { Option } from "#ui/Field.tsx";

type Asking = keyof Choices & ("eval" | "saving" | "merge" | "resume" | "loading");

/** Why a moment outside the training step, before it is chosen, would have no part in any method shown; undefined where it would. */
const useWhyNotInRun = (): (<Key extends Asking>(key: Key, value: Choices[Key]) => string | undefined) => {
  const choices = useScenario((state) => state.choices);
  const { methods } = useAnswer();
  return (key, value) => {
    const asked = { ...choices, [key]: value };
    const why = whyNoMomentInAny(asked, methods, key);
    return why === null ? undefined : `${key}=${linkTexts(asked)[key] ?? ""} ${why}.`;
  };
};

/** Nothing is evaluated, and nothing is said of how: a link would say it in vain. */
const notEvaluated = (): Partial<Choices> => {
  const { eval: none, evalseq, evalgen, evalkeep, evalbatches, evalmove, evallist } = DEFAULT_CHOICES;
  return { eval: none, evalseq, evalgen, evalkeep, evalbatches, evalmove, evallist };
};

/** Whether the run evaluates, and then with what and what it keeps of it. */
const EvaluationControls = (): ReactElement => {
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
        onChange={(on) => changeChoices(on ? { eval: usual } : notEvaluated())}
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
        onChange={(rows) => changeChoices({ eval: rows })}
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
                reset: () => changeChoices({ evalseq: null }),
              }
        }
        onChange={(tokens) => changeChoices({ evalseq: tokens === seq ? null : tokens })}
      />
      <NumberField
        label="Evaluation batches"
        locked={locked}
        value={choices.evalbatches}
        {...RANGES.evalbatches}
        format={formatCount}
        hint="Rows of its set, over batch and GPUs."
        onChange={(batches) => changeChoices({ evalbatches: batches })}
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
        onChange={(tokens) => changeChoices({ evalgen: tokens })}
      />
      <EvaluationOutputControls />
    </>
  );
};

const SAVING_OPTIONS = optionsOf(RUN_WORDS.saving.values);
const MERGE_OPTIONS = optionsOf(RUN_WORDS.merge.values);
const LOADING_OPTIONS = optionsOf(RUN_WORDS.loading.values);

const SAVING_HINTS: Readonly<Record<Choices["saving"], ReactNode>> = {
  none: null,
  adapter: "With modules to save, one after the other.",
  full: "Gathered first; fused experts are copied apart.",
  sharded: "Each GPU writes its part.",
};

const MERGE_HINTS: Readonly<Record<Choices["merge"], ReactNode>> = {
  0: null,
  1: (
    <>
      <code>merge_and_unload()</code> after the last step.
    </>
  ),
  safe: (
    <>
      <code>safe_merge=True</code>: into a copy, then checked.
    </>
  ),
};

const LOADING_HINTS: Readonly<Record<Choices["loading"], ReactNode>> = {
  none: null,
  device: (
    <>
      <code>device_map</code>: quantised and stacked there.
    </>
  ),
  host: (
    <>
      No <code>device_map</code>; a quantised base is not.
    </>
  ),
};

/** The options, each with why it cannot be chosen now; the chosen one stands as it is. */
const offered = <Value extends string>(
  options: readonly Option<Value>[],
  chosen: Value,
  refuses: (value: Value) => string | undefined,
): readonly Option<Value>[] =>
  options.map((option) => (option.value === chosen ? option : { ...option, disabledWhy: refuses(option.value) }));

/** What comes before training, and what comes with it and after it. */
const SavingControls = (): ReactElement => {
  const { saving, merge, resume, loading } = useChoices("saving", "merge", "resume", "loading");
  const locked = useLocked("saving");
  const whyNot = useWhyNot();
  const refuses = useWhyNotInRun();
  return (
    <>
      <Segmented
        label="Saving"
        locked={locked}
        options={offered(SAVING_OPTIONS, saving, (value) => refuses("saving", value))}
        value={saving}
        hint={whyNot("saving") ?? SAVING_HINTS[saving]}
        onChange={(next) => changeChoices({ saving: next })}
      />
      <Segmented
        label="Merge of adapters"
        locked={locked}
        options={offered(MERGE_OPTIONS, merge, (value) => refuses("merge", value))}
        value={merge}
        hint={whyNot("merge") ?? refuses("merge", "1") ?? MERGE_HINTS[merge]}
        onChange={(next) => changeChoices({ merge: next })}
      />
      <Switch
        label="Resumed run"
        locked={locked}
        checked={resume}
        disabledWhy={resume ? undefined : refuses("resume", true)}
        hint={whyNot("resume") ?? "Optimizer states from the first step on."}
        onChange={(on) => changeChoices({ resume: on })}
      />
      <Segmented
        label="Loading"
        locked={locked}
        options={offered(LOADING_OPTIONS, loading, (value) => refuses("loading", value))}
        value={loading}
        hint={whyNot("loading") ?? refuses("loading", "device") ?? LOADING_HINTS[loading]}
        onChange={(next) => changeChoices({ loading: next })}
      />
    </>
  );
};

/** The moments outside the training step: each is counted once it is asked for; an evaluation with SFT alone. */
export const RunControls = (): ReactElement => {
  const { objective } = useChoices("objective");
  return (
    <>
      {objective === "sft" && <EvaluationControls />}
      <SavingControls />
    </>
  );
};
