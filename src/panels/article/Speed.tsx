import { type ReactElement, useMemo } from "react";
import { SPEED, SPEED_PARAMS } from "#advice/article/speed.ts";
import { gibWords } from "#advice/card-words.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { StepProps } from "./MemoryTable.tsx";
import { Quoted, type QuotedRow } from "./Quoted.tsx";
import { QuotedFigure } from "./QuotedFigure.tsx";

/** Full fine-tuning of the article's model, on each of its cards. */
const ARTICLE_RUN = { ...DEFAULT_CHOICES, model: { kind: "size", params: SPEED_PARAMS }, method: "full" } as const;
const PATCHES = SPEED.map(({ gpu }) => ({ gpu: { kind: "catalog", id: gpu } as const }));

/** Whether the engine agrees that the full fine-tuning of that model runs there, or does not. */
const agreement = (quoted: number | null, card: CardFit): string => {
  if (card.cannotRun !== null) return `a step cannot run: ${card.cannotRun}`;
  const size = gibWords(card.headroomBytes);
  if (card.fit === "tight") return `Full: the engine cannot tell, a step may not fit: ${size} free.`;
  const isOver = card.fit === "over";
  const says = isOver ? `a step lacks ${size}` : `a step fits with ${size}`;
  return (quoted === null) === isOver
    ? `Full: the engine agrees, ${says}.`
    : `Full: the engine does not agree, ${says} at this batch and length.`;
};

/** Samples a second by GPU and method, quoted; what the engine can say is whether "OOM" is right. */
export const Speed = ({ at }: StepProps): ReactElement => {
  const asked = useMemo(() => ({ choices: { ...ARTICLE_RUN, ...at }, patches: PATCHES }), [at]);
  const { value, fresh } = useAsked("trials", asked);
  const rows = SPEED.map(({ label, samples }, index): QuotedRow => {
    const card = value?.[index]?.card;
    return [
      label,
      ...METHODS.map((method) => samples[method]?.toFixed(1) ?? "OOM"),
      card === undefined ? "" : agreement(samples.full, card),
    ];
  });
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
        fresh={fresh}
      />
    </>
  );
};
