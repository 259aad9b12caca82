import type { ReactElement } from "react";
import { formatCount } from "#format/count.ts";
import { change } from "#scenario/page/actions.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import { useScenario } from "#scenario/page/store.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { RANK_SCALE } from "./scales.ts";
import { useLocked } from "./use-locked.ts";

/** The rank of the adapters. */
export const RankControl = (): ReactElement => {
  const hasAdapters = useScenario(({ choices }) => choices.show.some((method) => method !== "full"));
  return (
    <SliderField
      label="LoRA rank"
      locked={useLocked("r")}
      scale={RANK_SCALE}
      ends={["1", "512"]}
      value={useScenario(({ choices }) => choices.r)}
      min={RANGES.r.min}
      max={RANGES.r.max}
      format={formatCount}
      hint={hasAdapters ? null : "LoRA and QLoRA only."}
      onChange={(r) => change({ r })}
    />
  );
};
