import { ENGINE } from "#calc/whole-engine.ts";
import type { ReactElement } from "react";
import type { ModelLayout } from "#calc/model/layout.ts";
import { change } from "#scenario/page/actions.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Chips } from "#ui/Chips.tsx";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { useLocked } from "./use-locked.ts";

const LARGEST_ALPHA = 65_536;
const MOST_DROPOUT = 0.9;
const DROPOUT_STEP = 0.05;

/** What PEFT's LoraConfig holds besides rank and targets. */
export const LoraControls = (): ReactElement => {
  const { r, alpha, dropout, dora, save } = useChoices("r", "alpha", "dropout", "dora", "save");
  const { architecture } = useAnswer().model;
  const saveable = saveableModules(ENGINE.layoutOf(architecture), save);
  return (
    <>
      <NumberField
        label="Alpha"
        locked={useLocked("alpha")}
        value={alpha ?? 2 * r}
        min={0}
        max={LARGEST_ALPHA}
        whole={false}
        override={
          alpha === null
            ? null
            : { sentence: `Changed. The default is twice the rank, ${2 * r}.`, reset: () => change({ alpha: null }) }
        }
        hint={`Effective scale alpha / r = ${scaleInWords(alpha ?? 2 * r, r)}. Costs no memory.`}
        onChange={(next) => change({ alpha: next === 2 * r ? null : next })}
      />
      <NumberField
        label="Dropout"
        locked={useLocked("dropout")}
        value={dropout}
        min={0}
        max={MOST_DROPOUT}
        step={DROPOUT_STEP}
        whole={false}
        onChange={(next) => change({ dropout: next })}
      />
      <Switch label="DoRA" locked={useLocked("dora")} checked={dora} onChange={(next) => change({ dora: next })} />
      <Chips
        label="Modules to save"
        locked={useLocked("save")}
        choose="many"
        options={saveable.map((name) => ({ value: name, label: name }))}
        selected={save}
        hint="Copied whole and trained beside the adapters."
        onChange={(names) => change({ save: names })}
      />
    </>
  );
};

/** The embedding and the head, as the model names them, and whatever else is saved already. */
const saveableModules = ({ embeddings, head }: ModelLayout, save: readonly string[]): readonly string[] => [
  ...new Set([
    ...embeddings.filter(({ kind }) => kind === "embedding").map(({ name }) => name),
    head.module.name,
    ...save,
  ]),
];

const scaleInWords = (alpha: number, r: number): string => String(Number((alpha / r).toPrecision(3)));
