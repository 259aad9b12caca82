// Rows of the scenario that open on more controls, with a summary of each.

import { capitalized } from "#format/phrases.ts";
import { formatCount } from "#format/numbers.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { METHOD_NAMES, OBJECTIVE_NAMES } from "#scenario/words/names.ts";
import { impliedChoices, resolvedLoss } from "#scenario/choices/resolve-stack.ts";
import {
  type SectionId,
  SECTION_KEYS,
  SECTION_IDS,
  SECTION_NAMES,
  clearAskedSection,
  useAskedSection,
} from "./sections.ts";
import { GPUS_WORDS, LORA_WORDS, TRAINING_WORDS } from "#scenario/words/key-words.ts";
import { memo, type ReactElement } from "react";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./ScenarioPanel.module.css";
import { useStack } from "./library-override.ts";

/** What stands where no moment is counted. */
const NO_MOMENTS_TEXT = "Not counted";

const KEPT: Readonly<Record<Choices["evalkeep"], string | null>> = {
  loss: null,
  logits: "logits kept",
  argmax: "argmax kept",
};

const SAVED: Readonly<Record<Choices["saving"], string | null>> = {
  none: null,
  adapter: "saves adapters",
  full: "saves the whole model",
  sharded: "saves shards",
};

const MERGED: Readonly<Record<Choices["merge"], string | null>> = {
  0: null,
  1: "merges adapters",
  safe: "merges adapters safely",
};

const LOADED: Readonly<Record<Choices["loading"], string | null>> = {
  none: null,
  device: "loaded on the GPU",
  host: "loaded on the host",
};

const evaluationInWords = ({ eval: batch, evalgen, evalkeep }: Choices): string | null => {
  if (batch === 0) return null;
  const kept = evalgen === 0 ? KEPT[evalkeep] : `${formatCount(evalgen)} tokens generated`;
  return [`batch ${formatCount(batch)}`, ...(kept === null ? [] : [kept])].join(", ");
};

/** Which moments outside the training step are counted: "Batch 8, logits kept; saves adapters; resumed". The row says of what the batch is. */
const runInWords = (choices: Choices): string => {
  const { saving, merge, resume, loading } = choices;
  const moments = [
    evaluationInWords(choices),
    SAVED[saving],
    MERGED[merge],
    resume ? "resumed" : null,
    LOADED[loading],
  ].filter((words) => words !== null);
  return moments.length === 0 ? NO_MOMENTS_TEXT : capitalized(moments.join("; "));
};

/** What is said of a library: its name, and the attention that it takes for the model by itself. */
type SummedStack = Pick<StackRow, "name"> & Readonly<{ attn_implementation: keyof typeof TRAINING_WORDS.attn.values }>;

/** The closed lines of the disclosures: each what a reader would open it to see. */
type Summaries = Readonly<Record<SectionId, string>>;

const changedOf = (choices: Choices, fields: readonly (keyof Choices)[]): number =>
  fields.filter((field) => choices[field] !== DEFAULT_CHOICES[field]).length;

const unlessChanged = (changed: number, value: string): string => (changed === 0 ? value : `${changed} changed`);

/** What is set beside the library itself, which is named. */
const ofTheLibrary = SECTION_KEYS.stack.filter((key) => key !== "stack");

const gpusInWords = (choices: Choices, division: string | null): string => {
  const { gpus, offload } = choices;
  const count = `${formatCount(gpus)} GPU${gpus === 1 ? "" : "s"}`;
  if (division !== null) return [`${count}: ${division}`, ...(offload === "none" ? [] : ["offload"])].join(", ");
  const sharding = gpus === 1 ? [] : [GPUS_WORDS.shard.values[impliedChoices(choices).shard]];
  return [count, ...sharding, ...(offload === "none" ? [] : ["offload"])].join(", ");
};

/** "DPO"; of an objective that is not known the name that was asked for. */
const objectiveInWords = ({ objective, unknown }: Choices): string => unknown.objective ?? OBJECTIVE_NAMES[objective];

/**
 * A line each: the value, or how many fields depart from the stack's or the default.
 *
 * @param division how several GPUs divide one model, in words
 */
export const sectionSummaries = (choices: Choices, stack: SummedStack, division: string | null = null): Summaries => ({
  objective: objectiveInWords(choices),
  methods: METHODS.filter((method) => choices.show.includes(method))
    .map((method) => METHOD_NAMES[method].label)
    .join(", "),
  stack: choices.unknown.stack ?? unlessChanged(changedOf(choices, ofTheLibrary), stack.name),
  training: unlessChanged(
    changedOf(choices, SECTION_KEYS.training),
    `${TRAINING_WORDS.attn.values[stack.attn_implementation]}, ${TRAINING_WORDS.loss.values[resolvedLoss(choices)].toLowerCase()} loss`,
  ),
  run: runInWords(choices),
  lora: [
    choices.unknown.tuner ??
      (choices.tuner === "lora" ? `alpha ${choices.alpha ?? 2 * choices.r}` : LORA_WORDS.tuner.values[choices.tuner]),
    `dropout ${choices.dropout}`,
    ...(choices.tuner === "lora" && choices.dora ? ["DoRA"] : []),
  ].join(", "),
  gpus: gpusInWords(choices, division),
  used: choices.used === 0 ? "none" : `${choices.used} GiB`,
});

const sections = latePart<Readonly<{ section: SectionId }>>(
  async () => (await import("./SectionControls.tsx")).SectionControls,
);

/** Under the GPU, as it changes what follows. */
export const ObjectiveRow = (): ReactElement => {
  const summary = useScenario(({ choices }) => objectiveInWords(choices));
  return (
    <div id="training-for" onPointerEnter={sections.prefetch} onFocus={sections.prefetch}>
      <SectionRow section="objective" summary={summary} />
    </div>
  );
};

/** Everything that is not in sight: closed rows that say their value, and open on more controls. */
export const SectionRows = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const { division, usualAttention } = useAnswer();
  const summaries = sectionSummaries(choices, { ...useStack(), attn_implementation: usualAttention }, division);
  return (
    <div id="sections" className={styles.rest} onPointerEnter={sections.prefetch} onFocus={sections.prefetch}>
      {SECTION_IDS.filter((section) => section !== "objective").map((section) => (
        <SectionRow key={section} section={section} summary={summaries[section]} />
      ))}
    </div>
  );
};

/** Drawn anew only when its summary changes: a slider changes one of them, if any. */
const SectionRow = memo(({ section, summary }: Readonly<{ section: SectionId; summary: string }>): ReactElement => (
  <Disclosure
    label={SECTION_NAMES[section]}
    summary={summary}
    changed={
      (section === "run" && summary !== NO_MOMENTS_TEXT) || (section === "objective" && summary !== OBJECTIVE_NAMES.sft)
    }
    asked={useAskedSection((asked) => (asked.section === section ? asked.times : 0))}
    onAsked={clearAskedSection}
  >
    <sections.Part section={section} />
  </Disclosure>
));
