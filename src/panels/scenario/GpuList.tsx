import { useEffect, type ReactElement } from "react";
import { GB } from "#calc/base/quantity.ts";
import { change, ensureFullCatalog } from "#scenario/page/actions.ts";
import { addRecent, useRecent } from "#scenario/page/recent.ts";
import { useScenario } from "#scenario/page/store.ts";
import { ComboboxList } from "#ui/ComboboxList.tsx";
import type { ComboboxPlace } from "#ui/combobox-place.ts";
import { capacityOfOption, gpuGroups } from "./gpu-groups.ts";

const choose = (id: string): void => {
  const memoryGb = capacityOfOption(id);
  if (memoryGb === null) addRecent("gpu", id);
  change({
    gpu: memoryGb === null ? { kind: "catalog", id } : { kind: "custom", memoryBytes: memoryGb * GB, unit: "GB" },
  });
};

/** The open list of cards: the whole catalog, which is fetched now, or a capacity alone. */
export const GpuList = (place: ComboboxPlace): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const choice = useScenario((state) => state.choices.gpu);
  const recent = useRecent("gpu");
  useEffect(() => void ensureFullCatalog().catch(() => undefined), []);
  return (
    <ComboboxList
      {...place}
      chosenId={choice.kind === "catalog" ? choice.id : null}
      find={(query) => gpuGroups(catalog, query, recent)}
      onChoose={choose}
      placeholder="Search GPUs, or type 24 GB"
    />
  );
};
