import { type ReactElement, useCallback, useId, useMemo, useState } from "react";
import { sweep, SWEEP_AXES, type SweepAxis, type SweepCurve, type SweepLine } from "#advice/sweep.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { SweepCapacity } from "#charts/sweep-series.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { gpuLineCards } from "#panels/answer/gpu-line-cards.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { RadioRow } from "#ui/RadioRow.tsx";
import { Select } from "#ui/Select.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import styles from "./Sweep.module.css";
import { useFullCatalog } from "./use-full-catalog.ts";
import { SweepResult } from "./SweepResult.tsx";
import { useSliced } from "./use-sliced.ts";

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
const linesFor = (stack: string): readonly SweepLine[] =>
  [stack, ...Object.keys(STACKS).filter((id) => id !== stack)].flatMap((id) =>
    METHODS.map((method) => ({ method, stack: id })),
  );

/** The chosen card, and one for each common size. */
const capacitiesOf = (answer: Answer, others: ReturnType<typeof gpuLineCards>): readonly SweepCapacity[] => [
  { label: answer.gpu.shortName, bytes: answer.gpu.usableBytes - answer.usedBytes, chosen: true },
  ...others.map(({ label, bytes }) => ({ label, bytes: bytes - answer.usedBytes, chosen: false })),
];

type Swept = Readonly<{
  axis: SweepAxis;
  names: readonly string[];
  curves: readonly SweepCurve[];
  capacities: readonly SweepCapacity[];
}>;

/** Memory over sequence, batch, rank or model size for two methods or libraries, against the cards: as a picture and a table. */
export const Sweep = ({ answer, focus }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { stack } = answer.choices;
  const id = useId();
  const [axis, setAxis] = useState<SweepAxis>("seq");
  const [picked, setPicked] = useState<readonly [string | null, string | null]>([null, null]);
  useFullCatalog();
  const all = useMemo(() => linesFor(stack), [stack]);
  const usual = [focus.method, focus.method === "qlora" ? "lora" : "qlora"].map((method) => `${method} ${stack}`);
  const [first, second] = [picked[0] ?? usual[0] ?? "", picked[1] ?? usual[1] ?? ""];
  const options = all.map((line) => ({ value: keyOf(line), label: nameOf(line) }));

  const make = useCallback(
    function* (): Generator<void, Swept> {
      const lines = [first, second].flatMap((key) => all.find((line) => keyOf(line) === key) ?? []);
      const capacities = capacitiesOf(answer, gpuLineCards(catalog.gpus, answer.gpu.memoryGb));
      const curves = yield* sweep(
        { axis, choices: answer.choices, lines },
        capacities.map(({ bytes }) => bytes),
        catalog,
      );
      return { axis, names: lines.map(nameOf), curves, capacities };
    },
    [answer, axis, first, second, all, catalog],
  );
  const { value, fresh } = useSliced(make);
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
      {value !== null && <SweepResult {...value} title={AXIS_NAMES[value.axis]} />}
    </div>
  );
};
