// Controls for the training objective and its settings.

import { type ReactElement, useId } from "react";
import { type ObjectiveId, OBJECTIVES, type ReferenceModel, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { type MethodId, METHODS } from "#calc/model/scenario.ts";
import { formatCount } from "#format/numbers.ts";
import { referenceInEffect, promptTokenCount } from "#scenario/choices/objective-settings.ts";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { METHOD_NAMES, OBJECTIVE_NAMES } from "#scenario/words/names.ts";
import { OBJECTIVE_WORDS } from "#scenario/words/key-words.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/store.ts";
import { LockedField } from "#ui/Field.tsx";
import { NumberField } from "#ui/NumberField.tsx";
import { RadioList, Segmented } from "#ui/RadioRow.tsx";
import { Switch } from "#ui/Switch.tsx";
import { CompletionsControls, TeacherControls } from "./CompletionsControls.tsx";
import { useUnknown, useLocked } from "./control-state.ts";
import { optionsOf } from "./library-override.ts";

/** What each is, in a line, in the order in which they are offered. */
const LINES: Readonly<Record<ObjectiveId, string>> = {
  sft: "Imitate given answers",
  dpo: "Prefer one of two; reference model",
  kto: "Liked or not; reference model",
  orpo: "Prefer one of two; full logits",
  simpo: "As ORPO, no SFT term; full logits",
  reward: "Score answers; no vocabulary",
  grpo: "Generate, score, learn from it",
  cpo: "As SimPO, with an SFT term; full logits",
  distill: "Follow a teacher; full logits of both",
};

/** Those that are offered in any case; another one stands beside them where a link or a file asks for it. */
const OFFERED: readonly ObjectiveId[] = ["sft", "dpo", "kto", "orpo", "simpo", "reward", "grpo"];

/** All but to hold it against nothing. */
const { none: _, ...REFERENCES } = OBJECTIVE_WORDS.ref.values;
const REFERENCE_OPTIONS = optionsOf(REFERENCES);
const REFERENCE_WORDS = {
  copy: "a copy",
  "copy-4bit": "a copy in 4 bits",
  "adapters-off": "the policy, its adapters off",
  precomputed: "numbers from before training",
} as const;

/** Why a reference cannot be had; undefined where it can. GRPO's completions are not there before training. */
const whyNot = (reference: ReferenceModel, objective: ObjectiveId, method: MethodId): string | undefined => {
  if (reference === "adapters-off" && method === "full") return "Full fine-tuning has no adapters.";
  return reference === "precomputed" && objective === "grpo" ? "GRPO makes its own data." : undefined;
};

/** What the policy is held against, for each method shown. */
const Reference = (): ReactElement => {
  const choices = useChoices("objective", "ref", "beta", "method", "show");
  const { objective, method, show } = choices;
  const own = referenceInEffect({ ...choices, ref: null }, method);
  const methods = METHODS.filter((each) => show.includes(each));
  const held = methods.map((each) => {
    const reference = referenceInEffect(choices, each);
    return `${METHOD_NAMES[each].label}: ${reference === null ? "none" : REFERENCE_WORDS[reference]}`;
  });
  return (
    <Segmented
      label="Reference model"
      locked={useLocked("ref")}
      options={REFERENCE_OPTIONS.map((option) => ({ ...option, disabledWhy: whyNot(option.value, objective, method) }))}
      value={referenceInEffect(choices, method)}
      hint={`${held.join(". ")}.`}
      onChange={(ref) => changeChoices({ ref: ref === own ? null : ref })}
    />
  );
};

/** How a row is divided, and how much of its completion is real. */
const Lengths = (): ReactElement => {
  const choices = useChoices("prompt", "seq", "fill");
  const locked = useLocked("prompt");
  const prompt = promptTokenCount(choices);
  const completion = Math.max(1, choices.seq - prompt);
  return (
    <>
      <NumberField
        label="Prompt, tokens"
        locked={locked}
        value={prompt}
        min={RANGES.prompt.min}
        max={RANGES.prompt.max - completion}
        format={formatCount}
        onChange={(tokens) => changeChoices({ prompt: tokens, seq: tokens + completion })}
      />
      <NumberField
        label="Completion, tokens"
        locked={locked}
        value={completion}
        min={1}
        max={RANGES.seq.max - prompt}
        format={formatCount}
        hint="Sequence length is the sum of both."
        onChange={(tokens) => changeChoices({ prompt, seq: prompt + tokens })}
      />
      <NumberField
        label="Share of it that is real"
        locked={locked}
        value={choices.fill}
        {...RANGES.fill}
        step={0.05}
        whole={false}
        hint="The rest is padding up to the longest."
        onChange={(fill) => changeChoices({ fill })}
      />
    </>
  );
};

const ENGINE_OPTIONS = optionsOf(OBJECTIVE_WORDS.engine.values);
const ENGINE_HINTS: Readonly<Record<Choices["engine"], string>> = {
  transformers: "On this card before each step: a moment of the run.",
  "vllm-colocate": "Declared, not counted: vLLM takes its share whole.",
  "vllm-server": "On other cards: nothing of it is on this one.",
};

/** What generates completions, and what it takes of the card. */
const Generation = (): ReactElement => {
  const { engine, vllm, sleep } = useChoices("engine", "vllm", "sleep");
  const locked = useLocked("engine");
  return (
    <>
      <Segmented
        label="Generated by"
        locked={locked}
        options={ENGINE_OPTIONS}
        value={engine}
        hint={ENGINE_HINTS[engine]}
        onChange={(next) => changeChoices({ engine: next })}
      />
      <CompletionsControls />
      {engine === "vllm-colocate" && (
        <>
          <NumberField
            label="vLLM’s share of the card"
            locked={locked}
            value={vllm}
            {...RANGES.vllm}
            step={0.05}
            whole={false}
            onChange={(share) => changeChoices({ vllm: share })}
          />
          <Switch
            label="Sleep mode"
            locked={locked}
            checked={sleep}
            hint="It gives its share back while a step runs."
            onChange={(on) => changeChoices({ sleep: on })}
          />
        </>
      )}
    </>
  );
};

/** The weight of the distance from a reference. */
const Beta = (): ReactElement => {
  const { beta } = useChoices("beta");
  return (
    <NumberField
      label="Beta"
      locked={useLocked("beta")}
      value={beta}
      min={0}
      max={100}
      step={0.01}
      whole={false}
      hint="0, TRL’s default: no reference model."
      onChange={(next) => changeChoices({ beta: next })}
    />
  );
};

/** Whether prompts are run with the completions of others, too. */
const Mismatched = (): ReactElement => {
  const { kl } = useChoices("kl");
  return (
    <Switch
      label="Mismatched completions"
      locked={useLocked("kl")}
      checked={kl}
      hint={
        <>
          Two of four forwards. <code>apo_zero_unpaired</code> goes without them.
        </>
      }
      onChange={(on) => changeChoices({ kl: on })}
    />
  );
};

/** All that are offered; none is chosen where one was asked for that is not known. */
const ObjectiveList = (): ReactElement => {
  const { objective } = useChoices("objective");
  const name = useId();
  const unknown = useUnknown("objective");
  if (useLocked("objective")) return <LockedField label="Objective" value={unknown ?? OBJECTIVE_NAMES[objective]} />;
  return (
    <RadioList
      name={name}
      legend="Training for"
      options={[...OFFERED, ...OBJECTIVES.filter((id) => id === objective && !OFFERED.includes(id))].map((id) => ({
        value: id,
        label: OBJECTIVE_NAMES[id],
        line: LINES[id],
      }))}
      value={unknown === undefined ? objective : null}
      onChange={(next) => changeChoices({ objective: next })}
    />
  );
};

/** What a run trains for, and what goes with that alone. */
export const ObjectiveControls = (): ReactElement => {
  const { objective, beta } = useChoices("objective", "beta");
  const { reference, mismatches, hasTeacher } = OBJECTIVE_TRAITS[objective];
  return (
    <>
      <ObjectiveList />
      {mismatches && <Mismatched />}
      {hasTeacher && <TeacherControls />}
      {reference === "with-beta" && (
        <>
          <Generation />
          <Beta />
        </>
      )}
      {(reference === "always" || (reference === "with-beta" && beta > 0)) && <Reference />}
      {objective !== "sft" && <Lengths />}
    </>
  );
};
