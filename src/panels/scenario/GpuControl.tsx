// Controls for the GPU and the number of GPUs, and the settings that the GPU decides.

import type { ReactElement, ComponentType } from "react";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { openSection } from "./sections.ts";
import styles from "./GpuControl.module.css";
import { GB, GIB } from "#calc/base/bytes.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { RANGES } from "#scenario/keys/choices.ts";
import { Combobox, type ComboboxPlace } from "#ui/Combobox.tsx";
import { NumberField } from "#ui/NumberField.tsx";
import { Stepper } from "#ui/Stepper.tsx";
import { useLocked } from "./control-state.ts";

/** "Counted as a T4 runs it: fp16, math attention.", each value leading to its control; where the card cannot run what was chosen, that. @internal */
export const CountedAs = (): ReactElement => {
  const { countedAs, notes } = useAnswer();
  const warning = notes.find(({ id }) => id === "cannot-run");
  if (warning !== undefined)
    return (
      <p className={styles.warning}>
        <svg className={styles.icon} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M6 1 11.5 11H.5Z" />
        </svg>
        {warning.says}
      </p>
    );
  return (
    <p className={styles.counted}>
      {countedAs === null ? null : (
        <>
          Counted as {countedAs.card} runs it:{" "}
          <Button kind="link" onClick={() => openSection("stack")}>
            {countedAs.compute}
          </Button>
          ,{" "}
          <Button kind="link" onClick={() => openSection("training")}>
            {countedAs.attention}
          </Button>
          {countedAs.isTried ? "" : " (read from sources, not tried)"}
        </>
      )}
    </p>
  );
};

/** One machine has up to eight; beyond that machines are added whole. */
const OF_A_MACHINE = 8;
const USUAL = [1, 2, 4, OF_A_MACHINE] as const;

/** The next usual number of GPUs up or down: 1, 2, 4, 8, 16, 24 … @internal */
export const nextGpus = (gpus: number, direction: 1 | -1): number => {
  if (direction === 1)
    return USUAL.find((count) => count > gpus) ?? OF_A_MACHINE * (Math.floor(gpus / OF_A_MACHINE) + 1);
  return gpus > OF_A_MACHINE
    ? OF_A_MACHINE * (Math.ceil(gpus / OF_A_MACHINE) - 1)
    : (USUAL.findLast((count) => count < gpus) ?? 1);
};

const loadList = async (): Promise<ComponentType<ComboboxPlace>> => (await import("./GpuList.tsx")).GpuList;

/** The card: a search over the catalog, or a capacity; how many of it; and what it decides. */
export const GpuControl = ({ compact = false }: Readonly<{ compact?: boolean }>): ReactElement => {
  const choice = useScenario((state) => state.choices.gpu);
  const isUnknown = useScenario(({ choices: { unknown } }) => "gpu" in unknown);
  const { gpu } = useAnswer();
  const locked = useLocked("gpu");
  const box = (
    <Combobox
      label="GPU"
      compact={compact}
      locked={locked}
      value={isUnknown ? { label: gpu.name } : valueOf(choice, gpu)}
      loadList={loadList}
    />
  );
  if (compact) return box;
  return (
    <div className={styles.gpu}>
      <div className={styles.row}>
        {box}
        <HowMany />
      </div>
      <div className={styles.lines}>
        <p className={styles.usable}>{isUnknown ? "Not known" : usableInWords(choice, gpu)}</p>
        <CountedAs />
      </div>
      {!locked && choice.kind === "custom" && <CustomMemory choice={choice} />}
    </div>
  );
};

const HowMany = (): ReactElement => (
  <Stepper
    label="How many"
    locked={useLocked("gpus")}
    value={useScenario((state) => state.choices.gpus)}
    {...RANGES.gpus}
    next={nextGpus}
    format={formatCount}
    onChange={(gpus) => changeChoices({ gpus })}
  />
);

const UNIT_BYTES = { GB, GiB: GIB } as const;
/** What a link may carry. */
const LEAST_MEMORY = 1;
const MOST_MEMORY = 100_000;

const CustomMemory = ({ choice }: Readonly<{ choice: Extract<GpuChoice, { kind: "custom" }> }>): ReactElement => (
  <NumberField
    label="Memory"
    unit={choice.unit}
    value={inUnit(choice)}
    min={LEAST_MEMORY}
    max={MOST_MEMORY}
    whole={false}
    onChange={(memory) =>
      changeChoices({ gpu: { ...choice, memoryBytes: Math.round(memory * UNIT_BYTES[choice.unit]) } })
    }
  />
);

const inUnit = ({ memoryBytes, unit }: Extract<GpuChoice, { kind: "custom" }>): number =>
  Number((memoryBytes / UNIT_BYTES[unit]).toFixed(2));

const valueOf = (choice: GpuChoice, gpu: Answer["gpu"]): Readonly<{ label: string; detail: string | undefined }> =>
  choice.kind === "custom"
    ? { label: "Custom", detail: `${inUnit(choice)} ${choice.unit}` }
    : { label: gpu.shortName, detail: saysMemory(gpu) ? undefined : `${gpu.memoryGb} GB` };

/** "A100 80GB" needs no second "80 GB". */
const saysMemory = ({ shortName, memoryGb }: Answer["gpu"]): boolean => shortName.includes(`${memoryGb}GB`);

/** "23.6 GiB usable of the 24 GB on the box"; says so when the figure was not read on such a card. */
const usableInWords = (choice: GpuChoice, gpu: Answer["gpu"]): string => {
  const usable = `${formatGib(gpu.usableBytes)} GiB usable`;
  if (choice.kind === "custom") return `${usable} of ${inUnit(choice)} ${choice.unit}`;
  return `${usable} of the ${gpu.memoryGb} GB on the box${gpu.estimated ? ", estimated" : ""}`;
};
