import { type ReactElement, useMemo } from "react";
import { SPEED, SPEED_PARAMS } from "#advice/article/speed.ts";
import { gibWords } from "#advice/card-words.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { type Trial, tryOut } from "#advice/trial.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { Quoted, type QuotedRow } from "./Quoted.tsx";
import { QuotedFigure } from "./QuotedFigure.tsx";

type At = Readonly<{ batch: number; seq: number }>;

const trialOn = (gpu: string, method: MethodId, { at, catalog }: Readonly<{ at: At; catalog: Catalog }>): Trial =>
  tryOut(
    {
      ...DEFAULT_CHOICES,
      ...at,
      model: { kind: "size", params: SPEED_PARAMS },
      method,
      gpu: { kind: "catalog", id: gpu },
    },
    catalog,
  );

/** Whether the engine agrees that the full fine-tuning of that model runs there, or does not. */
const agreement = (quoted: number | null, { card }: Trial): string => {
  const isOver = card.fit === "over";
  const says = isOver
    ? `a step lacks ${gibWords(card.headroomBytes)}`
    : `a step fits with ${gibWords(card.headroomBytes)}`;
  return (quoted === null) === isOver
    ? `Full: the engine agrees, ${says}.`
    : `Full: the engine does not agree, ${says} at this batch and length.`;
};

/** Samples a second by GPU and method, quoted; what the engine can say is whether "OOM" is right. */
export const SpeedGuide = ({ answer }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { batch, seq } = answer.choices;
  const rows = useMemo(
    () =>
      SPEED.map(({ label, gpu, samples }): QuotedRow => [
        label,
        ...METHODS.map((method) => samples[method]?.toFixed(1) ?? "OOM"),
        agreement(samples.full, trialOn(gpu, "full", { at: { batch, seq }, catalog })),
      ]),
    [batch, seq, catalog],
  );
  return (
    <>
      <QuotedFigure
        title="Samples a second, LLaMA-7B, one GPU."
        names={METHODS.map((method) => METHOD_NAMES[method].label)}
        groups={SPEED.map(({ label, samples }) => ({ label, values: METHODS.map((method) => samples[method]) }))}
      />
      <Quoted
        label="Samples a second by GPU"
        head={["Samples a second, quoted", "Full", "LoRA", "QLoRA", "Whether it runs there, by the engine"]}
        rows={rows}
        quoted={[1, 2, 3]}
        words={[4]}
      />
    </>
  );
};
