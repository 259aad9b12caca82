// Controls for model, batch size, sequence length and LoRA rank, in the embed too.

import type { ReactElement, ComponentType } from "react";
import { type ObjectiveId, OBJECTIVE_TRAITS } from "#calc/model/objective.ts";
import { formatCount, formatParams } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { RANGES, type Choices } from "#scenario/keys/choices.ts";
import { useChoices, useAnswer, useScenario } from "#scenario/page/store.ts";
import { SliderField, Slider, SliderEnds } from "#ui/SliderField.tsx";
import { BATCH_SCALE, PARAMETERS_SCALE, parseTokens, sequenceScaleFor, RANK_SCALE } from "./scales.ts";
import { useLocked } from "./control-state.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { Combobox, type ComboboxPlace } from "#ui/Combobox.tsx";
import { hydratedPart } from "#ui/late-parts.tsx";
import styles from "./BasicControls.module.css";

/** Says what the batch counts, where it is not rows. */
const labelOf = (objective: ObjectiveId): string => {
  const { rows, completionsApart } = OBJECTIVE_TRAITS[objective];
  if (rows === 2) return "Batch size, pairs";
  return completionsApart ? "Batch size, completions" : "Batch size";
};

/** Sequences, pairs or completions in one forward pass on one GPU. */
export const BatchControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => {
  const { batch, objective } = useChoices("batch", "objective");
  return (
    <SliderField
      label={compact ? "Batch" : labelOf(objective)}
      compact={compact}
      locked={useLocked("batch")}
      scale={BATCH_SCALE}
      ends={["1", "64"]}
      value={batch}
      {...RANGES.batch}
      format={formatCount}
      onChange={(rows) => changeChoices({ batch: rows })}
    />
  );
};

const loadList = async (): Promise<ComponentType<ComboboxPlace>> => (await import("./ModelList.tsx")).ModelList;

const ModelSource = hydratedPart(async () => (await import("./ModelSource.tsx")).ModelSource);

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
          onChange={(params) => changeChoices({ model: { kind: "size", params } })}
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

const TOKENS_PER_K = 1024;

/** Tokens in one row; past the model's own limit the track is dashed and the hint says so. */
export const SequenceControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => {
  const { seq, prompt } = useChoices("seq", "prompt");
  // A prompt keeps its share of the row.
  const split = (tokens: number): Partial<Choices> => ({
    seq: tokens,
    ...(prompt !== null && { prompt: Math.max(1, Math.round((prompt * tokens) / seq)) }),
  });
  const limit = useAnswer().model.architecture.max_position_embeddings;
  const scale = sequenceScaleFor(limit);
  return (
    <SliderField
      label={compact ? "Sequence" : "Sequence length"}
      compact={compact}
      locked={useLocked("seq")}
      scale={scale}
      ends={[formatCount(scale.stops[0] ?? 0), `${formatCount((scale.stops.at(-1) ?? 0) / TOKENS_PER_K)} K`]}
      limit={limit}
      value={seq}
      {...RANGES.seq}
      format={formatCount}
      parse={parseTokens}
      hint={seq > limit ? `The model was made for ${formatCount(limit)} tokens; longer is an extrapolation.` : null}
      onChange={(tokens) => changeChoices(split(tokens))}
    />
  );
};

/** What the number is for tuners that have no rank. */
const LABELS: Partial<Record<Choices["tuner"], string>> = { oft: "OFT block size", prompt_tuning: "Virtual tokens" };

/** The rank of the adapters, or the number that a tuner has in its place. */
export const RankControl = (): ReactElement => {
  const hasAdapters = useScenario(({ choices }) => choices.show.some((method) => method !== "full"));
  const tuner = useScenario(({ choices }) => choices.tuner);
  return (
    <SliderField
      label={LABELS[tuner] ?? "LoRA rank"}
      locked={useLocked("r")}
      scale={RANK_SCALE}
      ends={["1", "512"]}
      value={useScenario(({ choices }) => choices.r)}
      {...RANGES.r}
      format={formatCount}
      hint={hasAdapters ? unranked(tuner) : "LoRA and QLoRA only."}
      onChange={(r) => changeChoices({ r })}
    />
  );
};

const unranked = (tuner: Choices["tuner"]): string | null => (tuner === "ia3" ? "IA³ has no rank." : null);
