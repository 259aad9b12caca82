import type { ComponentType, ReactElement } from "react";
import { formatCount, formatParams } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Combobox } from "#ui/Combobox.tsx";
import type { ComboboxPlace } from "#ui/combobox-place.ts";
import { Slider } from "#ui/Slider.tsx";
import { SliderEnds } from "#ui/SliderEnds.tsx";
import { soon } from "#ui/soon.ts";
import styles from "./ModelControl.module.css";
import { PARAMETERS_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

const loadList = async (): Promise<ComponentType<ComboboxPlace>> => (await import("./ModelList.tsx")).ModelList;

const ModelSource = soon(async () => (await import("./ModelSource.tsx")).ModelSource);

type ModelControlProps = Readonly<{ compact?: boolean }>;

/** The model: a search over the catalog, a size alone, or what others have written. */
export const ModelControl = ({ compact = false }: ModelControlProps): ReactElement => {
  const { model } = useAnswer();
  const chosen = useScenario(({ choices }) => choices.model);
  // A thumb stays where it was put, whether the answer to it is here or not.
  const params = chosen.kind === "size" ? chosen.params : model.params;
  const isUnknown = useScenario(({ choices: { unknown } }) => "model" in unknown);
  const locked = useLocked("model");
  const box = (
    <Combobox
      label="Model"
      compact={compact}
      locked={locked}
      value={{ label: model.name }}
      loadList={loadList}
      hint={compact || isUnknown ? null : sizeInWords(model)}
    />
  );
  if (compact || locked) return box;
  return (
    <div className={styles.model}>
      {box}
      <div className={styles.size}>
        <Slider
          label="Model size"
          scale={PARAMETERS_SCALE}
          value={params}
          valueText={isUnknown ? "Not known" : `${formatParams(params)} parameters`}
          onChange={(params) => change({ model: { kind: "size", params } })}
        />
        <SliderEnds ends={["0.1 B", "700 B"]} />
      </div>
      <ModelSource />
    </div>
  );
};

const sizeInWords = ({ params, architecture }: Answer["model"]): string => {
  const { num_hidden_layers: layers, vocab_size: vocabulary } = architecture;
  return `${formatParams(params)} parameters, ${formatCount(layers)} layers, vocabulary ${formatCount(vocabulary)}`;
};
