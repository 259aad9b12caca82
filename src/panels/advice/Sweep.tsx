import { type ReactElement, useId, useMemo, useState } from "react";
import { SWEEP_AXES, type SweepAxis } from "#advice/sweep-axis.ts";
import type { SweepLine } from "#advice/sweep.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { SweepCapacity } from "#charts/sweep-series.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { gpuLineCards } from "#panels/answer/gpu-line-cards.ts";
import { trainsFor } from "#catalog/trains-for.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { RadioRow } from "#ui/RadioRow.tsx";
import { Select } from "#ui/Select.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import styles from "./Sweep.module.css";
import { SweepResult } from "./SweepResult.tsx";

const AXIS_NAMES: Readonly<Record<SweepAxis, string>> = {
  seq: "Sequence",
  batch: "Batch",
  r: "Rank",
  params: "Model size",
};
const AXIS_OPTIONS = SWEEP_AXES.map((value) => ({ value, label: AXIS_NAMES[value] }));

const keyOf = ({ method, stack }: SweepLine): string => `${method} ${stack}`;
const nameOf = ({ method, stack }: SweepLine): string =>
  `${METHOD_NAMES[method].label}, ${isStackId(stack) ? STACKS[stack].name : stack}`;

/** Every method with every library, those of the chosen library first. */
const linesFor = ({ stack, objective }: Pick<Choices, "stack" | "objective">): readonly SweepLine[] =>
  [stack, ...Object.keys(STACKS).filter((id) => id !== stack && trainsFor(id, objective))].flatMap((id) =>
    METHODS.map((method) => ({ method, stack: id })),
  );

/** The chosen card, and one for each common size: what a run can have of each. The same as long as it says the same. */
const useCapacities = ({ gpu: { shortName, usableBytes, memoryGb }, usedBytes }: Answer): readonly SweepCapacity[] => {
  const gpus = useScenario((state) => state.catalog.gpus);
  return useMemo(
    () => [
      { label: shortName, bytes: usableBytes - usedBytes, chosen: true },
      ...gpuLineCards(gpus, memoryGb).map(({ label, bytes }) => ({ label, bytes: bytes - usedBytes, chosen: false })),
    ],
    [shortName, usableBytes, memoryGb, usedBytes, gpus],
  );
};

/** Memory over sequence, batch, rank or model size for two methods or libraries, against the cards: as a picture and a table. */
export const Sweep = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices } = answer;
  const { stack, objective } = choices;
  const id = useId();
  const [axis, setAxis] = useState<SweepAxis>("seq");
  const [picked, setPicked] = useState<readonly [string | null, string | null]>([null, null]);
  const all = useMemo(() => linesFor({ stack, objective }), [stack, objective]);
  const usual = [focus.method, focus.method === "qlora" ? "lora" : "qlora"].map((method) => `${method} ${stack}`);
  const [first, second] = [picked[0] ?? usual[0] ?? "", picked[1] ?? usual[1] ?? ""];
  const options = all.map((line) => ({ value: keyOf(line), label: nameOf(line) }));

  const capacities = useCapacities(answer);
  const asked = useMemo(() => {
    const lines = [first, second].flatMap((key) => all.find((line) => keyOf(line) === key) ?? []);
    return { choices, axis, lines, capacities };
  }, [choices, axis, first, second, all, capacities]);
  const { value, fresh } = useAsked("sweep", asked);
  const names = useMemo(() => value?.lines.map(nameOf) ?? [], [value]);
  return (
    <div aria-busy={!fresh}>
      <div className={styles.controls}>
        <fieldset>
          <legend>Over</legend>
          <RadioRow name={id} options={AXIS_OPTIONS} value={axis} onChange={setAxis} />
        </fieldset>
        <Select label="First curve" options={options} value={first} onChange={(key) => setPicked([key, picked[1]])} />
        <Select label="Second curve" options={options} value={second} onChange={(key) => setPicked([picked[0], key])} />
      </div>
      {value === null ? (
        <div className={styles.chart} />
      ) : (
        <SweepResult {...value} names={names} title={AXIS_NAMES[value.axis]} />
      )}
    </div>
  );
};
