// Controls of each section that opens, and those of the LoRA section.

import type { ReactElement, ComponentType } from "react";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer, useScenario, useChoices } from "#scenario/page/store.ts";
import { Chips } from "#ui/Chips.tsx";
import { NumberField } from "#ui/NumberField.tsx";
import { type Choices, RANGES } from "#scenario/keys/choices.ts";
import { TUNERS, METHODS, type MethodId } from "#calc/model/scenario.ts";
import { hasDropout } from "#calc/model/tuners.ts";
import { Switch } from "#ui/Switch.tsx";
import { LORA_WORDS } from "#scenario/words/key-words.ts";
import { useLocked, useUnknown, useWhyNot } from "./control-state.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { ObjectiveControls } from "./ObjectiveControls.tsx";
import { RunControls } from "./RunControls.tsx";
import type { SectionId } from "./sections.ts";
import { SeveralGpusControls } from "./SeveralGpusControls.tsx";
import { StackControls } from "./StackControls.tsx";
import { TrainingControls } from "./TrainingControls.tsx";

const DROPOUT_STEP = 0.05;

const TUNER_HINTS: Readonly<Record<Choices["tuner"], string>> = {
  lora: "rsLoRA, LoRA+, PiSSA and OLoRA train with the same bytes: another scale, learning rates or first values.",
  vera: "Two vectors beside each linear, between two frozen matrices that all share. PEFT’s own rank is 256.",
  ia3: "One vector beside each linear; it has no rank.",
  lorafa: "A is frozen, B is trained: no input is kept for A’s gradient. PEFT’s create_lorafa_optimizer.",
  loha: "The elementwise product of two matrices of low rank, as large as the weight.",
  lokr: "A Kronecker product, as large as the weight, of a small matrix and one of low rank.",
  oft: "Rotates the input block by block. The rank is the size of a block, PEFT’s oft_block_size: its own is 32.",
  vblora: "A and B are put together from vectors of one bank, which all linears share and train.",
  adalora: "LoRA with singular values between A and B, and a term of the loss for each. The rank is PEFT’s init_r.",
  prompt_tuning:
    "Virtual tokens before each row, as many as the rank, are all that is trained. It has no targets, and rows are so much longer.",
};

const WITHOUT_ALPHA: ReadonlySet<Choices["tuner"]> = new Set<Choices["tuner"]>([
  "vera",
  "ia3",
  "oft",
  "vblora",
  "prompt_tuning",
]);

/** PEFT's methods to choose from; none is on where one was asked for that is not known. */
const TunerChips = (): ReactElement => {
  const { tuner } = useChoices("tuner");
  const whyNot = useWhyNot();
  const unknown = useUnknown("tuner");
  return (
    <Chips
      label="Tuner"
      locked={useLocked("tuner")}
      choose="one"
      options={TUNERS.map((value) => ({ value, label: LORA_WORDS.tuner.values[value] }))}
      selected={unknown === undefined ? [tuner] : []}
      unlisted={unknown}
      hint={unknown === undefined ? (whyNot("tuner") ?? TUNER_HINTS[tuner]) : null}
      onChange={([next = "lora"]) => changeChoices({ tuner: next })}
    />
  );
};

/** What PEFT's LoraConfig, or that of another tuner, holds besides rank and targets. */
export const LoraControls = (): ReactElement => {
  const { r, alpha, dropout, tuner, dora, save } = useChoices("r", "alpha", "dropout", "tuner", "dora", "save");
  const { modules } = useAnswer();
  const whyNot = useWhyNot();
  const saveable = [...new Set([...modules.saveable, ...save])];
  return (
    <>
      <TunerChips />
      <NumberField
        label="Alpha"
        locked={useLocked("alpha")}
        value={alpha ?? 2 * r}
        {...RANGES.alpha}
        whole={false}
        override={
          alpha === null
            ? null
            : {
                sentence: `Changed. The default is twice the rank, ${2 * r}.`,
                reset: () => changeChoices({ alpha: null }),
              }
        }
        hint={
          WITHOUT_ALPHA.has(tuner)
            ? `${LORA_WORDS.tuner.values[tuner]} has no alpha.`
            : `Effective scale alpha / r = ${scaleInWords(alpha ?? 2 * r, r)}. Costs no memory.`
        }
        onChange={(next) => changeChoices({ alpha: next === 2 * r ? null : next })}
      />
      <NumberField
        label="Dropout"
        locked={useLocked("dropout")}
        value={dropout}
        {...RANGES.dropout}
        step={DROPOUT_STEP}
        whole={false}
        hint={
          whyNot("dropout") ??
          (hasDropout(tuner) ? undefined : `${LORA_WORDS.tuner.values[tuner]} has no dropout of its input.`)
        }
        onChange={(next) => changeChoices({ dropout: next })}
      />
      <Switch
        label="DoRA"
        locked={useLocked("dora")}
        checked={dora}
        disabledWhy={
          tuner === "lora" ? undefined : `A variant of LoRA; the tuner is ${LORA_WORDS.tuner.values[tuner]}.`
        }
        onChange={(next) => changeChoices({ dora: next })}
      />
      <Chips
        label="Modules to save"
        locked={useLocked("save")}
        choose="many"
        options={saveable.map((name) => ({ value: name, label: name }))}
        selected={save}
        hint="Trained in full, as copies beside the adapters."
        onChange={(names) => changeChoices({ save: names })}
      />
    </>
  );
};

const scaleInWords = (alpha: number, r: number): string => String(Number((alpha / r).toPrecision(3)));

/** Which methods are compared; the last one cannot be switched off. */
const MethodsShown = (): ReactElement => {
  const { show, method } = useChoices("show", "method");
  const isFocusLocked = useLocked("method");
  const only = show.length === 1;
  const whyStays = (id: MethodId): string | undefined => {
    if (only && show.includes(id)) return "The last one stays.";
    return isFocusLocked && id === method ? "The method in focus is fixed." : undefined;
  };
  return (
    <Chips
      label="Methods"
      locked={useLocked("show")}
      choose="many"
      options={METHODS.map((id) => ({
        value: id,
        label: METHOD_NAMES[id].label,
        disabledWhy: whyStays(id),
      }))}
      selected={show}
      hint={only ? "The last one stays." : null}
      onChange={(methods) => changeChoices({ show: methods })}
    />
  );
};

const STEP_GIB = 0.5;

/**
 * What a Windows desktop holds on the card that trains. With a browser open it may be more; on an RTX 4080 under Windows 11 about 1 GB has been noted.
 *
 * @see https://github.com/DaoyuanLi2816/can-i-finetune-this/blob/main/docs/rtx4080_baselines.md, "Notes"
 */
const DESKTOP_GIB = 1.3;

/** What a desktop or another process holds on the card before training starts. */
const UsedMemoryControl = (): ReactElement => {
  const used = useScenario(({ choices }) => choices.used);
  const locked = useLocked("used");
  return (
    <>
      <NumberField
        label="On the card already"
        unit="GiB"
        locked={locked}
        value={used}
        {...RANGES.used}
        step={STEP_GIB}
        whole={false}
        hint="As nvidia-smi shows it before training: a desktop, another process."
        onChange={(gib) => changeChoices({ used: gib })}
      />
      {!locked && (
        <Switch
          label="It drives a Windows display"
          checked={used === DESKTOP_GIB}
          hint={`${DESKTOP_GIB} GiB, more with a browser open.`}
          onChange={(draws) => changeChoices({ used: draws ? DESKTOP_GIB : 0 })}
        />
      )}
    </>
  );
};

const SECTIONS: Readonly<Record<SectionId, ComponentType>> = {
  objective: ObjectiveControls,
  methods: MethodsShown,
  stack: StackControls,
  training: TrainingControls,
  run: RunControls,
  lora: LoraControls,
  gpus: SeveralGpusControls,
  used: UsedMemoryControl,
};

/** What lies under the closed rows of the scenario: one chunk, fetched when a row is about to be opened. */
export const SectionControls = ({ section }: Readonly<{ section: SectionId }>): ReactElement => {
  const Controls = SECTIONS[section];
  return <Controls />;
};
