// Control for the target modules of adapters.

import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { ModelModules } from "#service/answers/model-modules.ts";
import { OPEN_WORDS } from "#scenario/words/key-words.ts";
import { memo, type ReactElement, useDeferredValue } from "react";
import { formatParams, formatPercent } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Chips } from "#ui/Chips.tsx";
import type { Option } from "#ui/Field.tsx";
import styles from "./TargetModules.module.css";
import { useLocked } from "./control-state.ts";

/** The module names of a choice in a model; none where the model's family does not offer the preset. */
export const targetNames = ({ presets }: ModelModules, targets: Choices["targets"]): readonly string[] =>
  typeof targets === "string" ? (presets[targets] ?? []) : targets;

const setOf = (names: readonly string[]): string => [...new Set(names)].sort().join(" ");

/** "all linear is attention + MLP": the first two presets that are the same modules in this model; null when all differ. */
export const coincidingPresets = (modules: ModelModules): string | null => {
  const offered = TARGET_PRESETS.filter((preset) => modules.presets[preset] !== null);
  for (const wide of offered.toReversed())
    for (const narrow of offered.slice(0, offered.indexOf(wide)))
      if (setOf(targetNames(modules, wide)) === setOf(targetNames(modules, narrow)))
        return `${inSentence(OPEN_WORDS.targets.values[wide])} is ${inSentence(OPEN_WORDS.targets.values[narrow])}`;
  return null;
};

/** "Attention + MLP" within a sentence: only the first letter is there for the start of a line. */
const inSentence = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const CUSTOM = "custom";

type TargetsProps = Readonly<{ targets: Choices["targets"]; answer: PageAnswer; locked: boolean }>;

/** Which linear layers get adapters: a preset, or module names of the model's family. The counts beside follow when the answer is drawn. */
export const TargetModules = (): ReactElement => (
  <Targets
    targets={useScenario(({ choices }) => choices.targets)}
    answer={useDeferredValue(useAnswer())}
    locked={useLocked("targets")}
  />
);

const Targets = memo(({ targets, answer, locked }: TargetsProps): ReactElement => {
  const { modules } = answer;
  const isCustom = typeof targets !== "string";
  const choose = (picked: TargetPreset | typeof CUSTOM): void =>
    changeChoices({ targets: picked === CUSTOM ? targetNames(modules, targets) : picked });
  return (
    <div id="target-modules" className={styles.targets}>
      <Chips
        label="Target modules"
        locked={locked && !isCustom}
        choose="one"
        options={presetOptions(modules)}
        selected={[isCustom ? CUSTOM : targets]}
        hint={isCustom && !locked ? null : trainableInWords(answer)}
        onChange={([picked]) => {
          if (picked !== undefined) choose(picked);
        }}
      />
      {isCustom ? (
        <Chips
          label="Module names"
          locked={locked}
          choose="many"
          options={nameOptions(modules, targets)}
          selected={targets}
          hint={trainableInWords(answer)}
          onChange={(names) => changeChoices({ targets: names })}
        />
      ) : null}
    </div>
  );
});

const presetOptions = ({ presets }: ModelModules): readonly Option<TargetPreset | typeof CUSTOM>[] => [
  ...TARGET_PRESETS.map((preset) => ({
    value: preset,
    label: OPEN_WORDS.targets.values[preset],
    disabledWhy: presets[preset] === null ? "Not in this family: its attention has no such layers." : undefined,
  })),
  { value: CUSTOM, label: "Custom" },
];

/** All linear layers of the model, and names that another model brought along; the last one cannot be switched off. */
const nameOptions = ({ linears }: ModelModules, chosen: readonly string[]): readonly Option<string>[] =>
  [...new Set([...linears, ...chosen])].map((name) => ({
    value: name,
    label: name,
    disabledWhy: chosen.length === 1 && chosen.includes(name) ? "The last one stays." : undefined,
  }));

/** "41.9 M trainable, 0.52 % of the model. In Llama, all linear is attention + MLP."; where names may mean fused experts, too, presets differ. */
const trainableInWords = ({ methods, choices, modules, notKnown }: PageAnswer): string => {
  if (notKnown.length > 0) return "Not estimated.";
  const adapted = methods.find(({ method }) => method !== "full")?.estimate;
  if (adapted === undefined) return "LoRA and QLoRA only.";
  if (choices.tuner === "prompt_tuning") return "Prompt tuning has no target modules.";
  const trainable = `${formatParams(adapted.trainableParams)} trainable, ${formatPercent(adapted.trainableParams / adapted.params)} of the model.`;
  const same = typeof choices.targets === "string" && !modules.hasFusedExperts ? coincidingPresets(modules) : null;
  return same === null ? trainable : `${trainable} In ${modules.family}, ${same}.`;
};
