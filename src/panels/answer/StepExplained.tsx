// One training step as a timeline, and the tensors alive at its peak.

import { type ReactElement, useState, useMemo } from "react";
import type { AliveTensors } from "#calc/model/timeline.ts";
import { TermSwatch, TERM_STYLE } from "#charts/term-style.tsx";
import { formulaNames, formulaNumbers, layerRanges } from "#format/formula-text.ts";
import { formatBytes, formatMib } from "#format/bytes.ts";
import { formatPercent, EN_DASH } from "#format/numbers.ts";
import styles from "./StepExplained.module.css";
import { ALLOCATED_TERM_IDS, type AllocatedTermId, type TermId } from "#calc/model/terms.ts";
import { Button } from "#ui/Button.tsx";
import { Chips } from "#ui/Chips.tsx";
import { timelineSeries } from "#charts/timeline-series.ts";
import { type Answer, type MethodAnswer, focusedMethod } from "#scenario/choices/answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { StepTimeline } from "#service/answers/explained-step.ts";
import { latePart } from "#ui/late-parts.tsx";
import type { MeasuredMomentsProps } from "#panels/measured/MeasuredTables.tsx";
import { useMeasurements } from "#panels/measured/shown-measurements.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { useAskedAliveTensors } from "./selection.ts";
import { useVisibilityReport, useAnswerDetails } from "./use-settled-answer.ts";

/** "32 × [1, 4096, 14336] bf16, layers 0–31": how many, of what, where. */
const whatAndWhere = ({ count, shape, dtype, layers: holders }: AliveTensors, layers: number): string => {
  const tensor = dtype === "" ? "" : `[${shape.join(", ")}] ${dtype}`;
  const where = layerRanges(holders, layers);
  return [`${count > 1 ? `${count} × ` : ""}${tensor}`, where].filter((text) => text !== "").join(", ");
};

type AliveRowProps = Readonly<{ row: AliveTensors; peakBytes: number; layers: number }>;

/** Tensors that are alike: their name, shape and layers, and how their bytes come about. */
const AliveRow = ({ row, peakBytes, layers }: AliveRowProps): ReactElement => {
  const { term, module, op, count, bytes, formula } = row;
  return (
    <tr>
      <th scope="row">
        <div className={styles.row}>
          <TermSwatch id={term} />
          <code className={styles.module}>{module === "" ? "ForCausalLM" : module}</code>
          <span className={styles.op}>
            {TERM_STYLE[term].label}, {op}
          </span>
          <span className={styles.tensor}>
            {whatAndWhere(row, layers)}
            {count > 1 && <span className={styles.eachHere}>, {formatMib(bytes / count)} MiB each</span>}
          </span>
          <code className={styles.formula} title={formulaNames(formula)}>
            {formulaNumbers(formula)} = {formatBytes(bytes)}
          </code>
        </div>
      </th>
      <td className={styles.each}>{formatMib(bytes / count)}</td>
      <td>{formatMib(bytes)}</td>
      <td>{formatPercent(bytes / peakBytes)}</td>
    </tr>
  );
};

/** So many rows tell where the memory is; the others are small. */
const FIRST = 12;

type Filter = AllocatedTermId | "all";

const sumOf = (rows: readonly AliveTensors[]): number => rows.reduce((total, { bytes }) => total + bytes, 0);

type SumProps = Readonly<{ label: string; note?: string; bytes: number; peakBytes: number }>;

const Sum = ({ label, note, bytes, peakBytes }: SumProps): ReactElement => (
  <tr>
    <th scope="row">
      {label}
      <span className={styles.exact}>
        {formatBytes(bytes)}
        {note !== undefined && `, ${note}`}
      </span>
    </th>
    <td className={styles.each}>{EN_DASH}</td>
    <td>{formatMib(bytes)}</td>
    <td>{formatPercent(bytes / peakBytes)}</td>
  </tr>
);

type AliveListProps = Readonly<{
  rows: readonly AliveTensors[];
  layers: number;
  /** The term that it was opened for, which it shows alone at first; null where somebody just opened it. */
  first: TermId | null;
}>;

const filterFor = (term: TermId | null): Filter => (term === null || term === "framework" ? "all" : term);

/** Every tensor that is alive at the peak, alike ones of all layers in one row, the largest first; they sum to the peak to the byte. */
const AliveList = ({ rows, layers, first }: AliveListProps): ReactElement => {
  const [filter, setFilter] = useState<Filter>(filterFor(first));
  const [whole, setWhole] = useState(false);
  const terms = ALLOCATED_TERM_IDS.filter((id) => rows.some(({ term }) => term === id));
  const isKnown = filter === "all" || terms.includes(filter);
  const chosen = isKnown && filter !== "all" ? rows.filter(({ term }) => term === filter) : rows;
  const peakBytes = sumOf(rows);
  const shown = whole ? chosen : chosen.slice(0, FIRST);
  return (
    <div className={styles.list}>
      <Chips<Filter>
        label="Show"
        choose="one"
        options={[
          { value: "all", label: "Everything" },
          ...terms.map((id) => ({ value: id, label: TERM_STYLE[id].label })),
        ]}
        selected={[isKnown ? filter : "all"]}
        onChange={([next]) => setFilter(next ?? "all")}
      />
      <table className={styles.table}>
        <caption className={styles.caption}>
          Names as in the modelling code; layers count from 0. Each tensor takes whole blocks of 512 B.
        </caption>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col" className={styles.each}>
              Each, MiB
            </th>
            <th scope="col">All, MiB</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <AliveRow
              key={`${row.term} ${row.module} ${row.op} ${row.dtype} ${row.shape.join()}`}
              row={row}
              peakBytes={peakBytes}
              layers={layers}
            />
          ))}
        </tbody>
        <tfoot>
          {chosen !== rows && (
            <Sum label={TERM_STYLE[filter as AllocatedTermId].label} bytes={sumOf(chosen)} peakBytes={peakBytes} />
          )}
          <Sum label="Sum of all rows" note="allocated" bytes={peakBytes} peakBytes={peakBytes} />
        </tfoot>
      </table>
      {chosen.length > FIRST && (
        <Button kind="link" className={styles.more} onClick={() => setWhole(!whole)}>
          {whole ? `Show the first ${FIRST} rows` : `Show all ${chosen.length} rows`}
        </Button>
      )}
    </div>
  );
};

/** Recharts, apart from the list, which has no need of it. */
const Timeline = latePart(async () => (await import("./Timeline.tsx")).Timeline).Part;

/** Of a run that a reader measured. */
const measuredMoments = latePart<MeasuredMomentsProps>(
  async () => (await import("#panels/measured/MeasuredTables.tsx")).MeasuredMoments,
);

type OnShown = (shown: boolean) => void;

/** The list, which is asked for while it is shown. */
const Alive = ({ step, onShown }: Readonly<{ step: StepTimeline; onShown: OnShown }>): ReactElement | null => {
  useVisibilityReport(onShown);
  const asked = useAskedAliveTensors();
  return step.alive === null ? null : (
    <AliveList key={asked?.time} rows={step.alive} layers={step.layers} first={asked?.term ?? null} />
  );
};

type ExplainedProps = Readonly<{ answer: Answer; focus: MethodAnswer; step: StepTimeline; onListShown: OnShown }>;

/** Which micro batch of a step is drawn, and how. */
const stepCaption = (accumulation: number, microBatch: StepTimeline["microBatch"]): string => {
  const which = accumulation > 1 ? `, the ${microBatch} of its ${accumulation} micro batches` : "";
  return `The second step, layer by layer${which}: each layer at its highest and at its end.`;
};

const Explained = ({ answer, focus, step, onListShown }: ExplainedProps): ReactElement => {
  const { scenario, estimate } = focus;
  const { points, peak, layers, microBatch, seen } = step;
  const asked = useAskedAliveTensors();
  const measured = useMeasurements(answer.choices).find(({ method }) => method === focus.method);
  const capacityBytes = Math.max(0, answer.gpu.usableBytes - answer.usedBytes);
  const series = useMemo(
    () =>
      timelineSeries(points, {
        layers,
        peak,
        frameworkBytes: estimate.onCardBytes - estimate.peakBytes,
        capacityBytes,
        gradient_checkpointing: scenario.gradient_checkpointing,
        seen,
      }),
    [points, layers, peak, estimate, capacityBytes, scenario, seen],
  );
  return (
    <>
      <div className={styles.chart}>
        <Timeline
          series={series}
          label={answer.gpu.shortName}
          capacityBytes={capacityBytes}
          pointLabel="Point of the training step"
          caption={stepCaption(scenario.gradient_accumulation_steps, microBatch)}
        />
      </div>
      {measured?.kind === "own" && <measuredMoments.Part measurement={measured} method={focus} />}
      <Disclosure
        label="What is alive at the peak"
        summary={formatBytes(points[peak]?.bytes ?? 0)}
        asked={asked?.time ?? 0}
      >
        <Alive step={step} onShown={onListShown} />
      </Disclosure>
    </>
  );
};

/** The step of the focused method point by point, and its peak tensor by tensor; a sentence where the flat accounting runs no step. */
export const StepExplained = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const { choices } = answer;
  const [alive, setAlive] = useState(false);
  const told = useAnswerDetails(
    answer,
    "timeline",
    useMemo(() => ({ choices, alive }), [choices, alive]),
  );
  const focus = told && focusedMethod(told.answer);
  if (told === null || focus === null) return null;
  if (told.given !== null)
    return <Explained answer={told.answer} focus={focus} step={told.given} onListShown={setAlive} />;
  return (
    <p className={styles.none}>
      Bytes per parameter are counted without running a step: nothing comes and goes, and the figures above are all
      there is.
    </p>
  );
};
