// Sweep panel: memory over sequence length, batch size, rank or model size, as a chart and a table.

import { type ReactElement, useMemo, useId, useState } from "react";
import type { SweepCurve, SweepLine } from "#advice/sweep.ts";
import { type SweepAxis, sweepStops, SWEEP_AXES } from "#advice/sweep-axes.ts";
import { type SweepCapacity, sweepPicture } from "#charts/sweep-series.ts";
import { formatGib } from "#format/bytes.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { formatCount, formatParams } from "#format/numbers.ts";
import table from "#panels/answer/TimelineTable.module.css";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./Sweep.module.css";
import { METHODS } from "#calc/model/scenario.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { gpuLineCards } from "#panels/answer/bars-data.ts";
import { supportsObjective } from "#catalog/library-objectives.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { RadioRow } from "#ui/RadioRow.tsx";
import { Select } from "#ui/Select.tsx";
import type { AdviceProps } from "./AdvicePanels.tsx";

/** Recharts, apart from the table, which has no need of it. */
const SweepChart = latePart(async () => (await import("#charts/SweepChart.tsx")).SweepChart).Part;

const HEIGHT = 320;

const textOf = (axis: SweepAxis): ((value: number) => string) => (axis === "params" ? formatParams : formatCount);

const UNITS: Readonly<Record<SweepAxis, string>> = {
  seq: "tokens",
  batch: "rows",
  r: "of rank",
  params: "parameters",
};

type SweepResultProps = Readonly<{
  axis: SweepAxis;
  title: string;
  names: readonly string[];
  curves: readonly SweepCurve[];
  capacities: readonly SweepCapacity[];
}>;

/** Where one curve meets the chosen card, in words. */
const meets = ({ axis, names, curves, capacities }: SweepResultProps, index: number): string => {
  const { value, capped } = curves[index]?.crossings[0] ?? { value: null, capped: false };
  const [capacity] = capacities;
  const card = capacity === undefined ? "the card" : gpuPhrase(capacity.label, 1);
  const cannotRun = curves[index]?.cannotRun ?? null;
  if (cannotRun !== null) return `${names[index]}: cannot run on ${card}, ${cannotRun}.`;
  if (value === null) return `${names[index]}: even the least exceeds ${card}.`;
  const most = `${textOf(axis)(value)} ${UNITS[axis]}`;
  return `${names[index]}: stays within ${card} up to ${most}${capped ? ", the end of the control" : ""}.`;
};

const Rows = ({ axis, title, names, curves, capacities }: SweepResultProps): ReactElement => (
  <table className={table.table}>
    <thead>
      <tr>
        <th scope="col">{title}</th>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}, GiB
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {sweepStops(axis).map((stop, index) => (
        <tr key={stop}>
          <th scope="row">{textOf(axis)(stop)}</th>
          {curves.map(({ bytes }, curve) => (
            <td key={names[curve]}>{formatGib(bytes[index] ?? 0)}</td>
          ))}
        </tr>
      ))}
      {capacities.map(({ label, chosen }, index) => (
        <tr key={label} className={chosen ? table.peak : undefined}>
          <th scope="row">most within {label}</th>
          {curves.map(({ crossings }, curve) => {
            const value = crossings[index]?.value ?? null;
            return <td key={names[curve]}>{value === null ? "none" : textOf(axis)(value)}</td>;
          })}
        </tr>
      ))}
    </tbody>
  </table>
);

/** A sweep as picture, in words, and as a table. */
const SweepResult = (props: SweepResultProps): ReactElement => {
  const { axis, names, curves, capacities } = props;
  const picture = useMemo(() => {
    const series = curves.map(({ bytes, crossings }, index) => ({
      label: names[index] ?? "",
      bytes,
      crossings: crossings.map(({ value, capped }) => (capped ? null : value)),
    }));
    return sweepPicture(sweepStops(axis), series, capacities);
  }, [axis, names, curves, capacities]);
  return (
    <figure>
      <div className={styles.chart}>
        <SweepChart picture={picture} count={curves.length} height={HEIGHT} formatX={textOf(axis)} />
      </div>
      <figcaption className={styles.caption}>
        {names.map((name, index) => (
          <p key={name} className={index === 0 ? styles.first : styles.second}>
            {meets(props, index)}
          </p>
        ))}
        GiB on the card; dots mark where a curve exceeds a card’s capacity. A curve that leaves the chart is cut off.
      </figcaption>
      <details className={table.numbers}>
        <summary>The same numbers</summary>
        <section className={table.scroll} aria-label="The sweep in numbers" tabIndex={0}>
          <Rows {...props} />
        </section>
      </details>
    </figure>
  );
};

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
  [stack, ...Object.keys(STACKS).filter((id) => id !== stack && supportsObjective(id, objective))].flatMap((id) =>
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
  const { value, fresh } = useEngineAnswer("sweep", asked);
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
