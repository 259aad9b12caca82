import type { ReactElement } from "react";
import type { Choices } from "#scenario/keys/choices.ts";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { useScenario } from "#scenario/page/store.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { RANK_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

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
      min={RANGES.r.min}
      max={RANGES.r.max}
      format={formatCount}
      hint={hasAdapters ? unranked(tuner) : "LoRA and QLoRA only."}
      onChange={(r) => change({ r })}
    />
  );
};

const unranked = (tuner: Choices["tuner"]): string | null => (tuner === "ia3" ? "IA³ has no rank." : null);
