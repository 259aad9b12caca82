// Table of memory at the peak by component and method, in groups.

import { type TermId, TERM_IDS } from "#calc/model/terms.ts";
import { Fragment, memo, type ReactElement, useDeferredValue, useMemo } from "react";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { mostSeenOnCard } from "#calc/card/usable-memory.ts";
import { formulaNames } from "#format/formula-text.ts";
import { TERM_STYLE, TermSwatch } from "#charts/term-style.tsx";
import { formatGib } from "#format/bytes.ts";
import { type Answer, type MethodAnswer, focusedMethod, memoryMeterOf } from "#scenario/choices/answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { MeasuredCellProps } from "#panels/measured/MeasuredTables.tsx";
import type { Measurement } from "#panels/measured/measurement-marks.ts";
import { useMeasurements } from "#panels/measured/shown-measurements.ts";
import { useMomentAnswer, openFormula, selectTerm, useSelectedTerm } from "./selection.ts";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./PeakTable.module.css";

/** What a term of the total grows with; the hue of its colour says the same (cool, warm, grey). */
export const TERM_GROUPS = ["parameters", "tokens", "overhead"] as const;
export type TermGroup = (typeof TERM_GROUPS)[number];

/** The heading of each group in the table. */
export const GROUP_LABELS: Readonly<Record<TermGroup, string>> = {
  parameters: "Grows with parameters",
  tokens: "Grows with tokens",
  overhead: "Overhead",
};

/** What one term of the total grows with, and what the reader can turn to move it. */
type Growth = Readonly<{ group: TermGroup; movesWith: string }>;

/** The groups of the eight terms, keyed by the term's id; only the table says them in words, so they stand apart from names and colours. */
export const TERM_GROWTH: Readonly<Record<TermId, Growth>> = {
  weights: { group: "parameters", movesWith: "Model, base precision" },
  adapters: { group: "parameters", movesWith: "Rank, target modules" },
  gradients: { group: "parameters", movesWith: "What is trained, precision" },
  optimizer: { group: "parameters", movesWith: "Optimizer, what is trained" },
  activations: { group: "tokens", movesWith: "Batch × sequence, checkpointing" },
  logits: { group: "tokens", movesWith: "Batch × sequence × vocabulary, loss" },
  workspace: { group: "overhead", movesWith: "Optimizer step, kernels" },
  framework: { group: "overhead", movesWith: "CUDA context, gaps of the allocator" },
};

type Columns = Readonly<{
  methods: readonly MethodAnswer[];
  focus: string | undefined;
  /** What was measured of them, at most one run of each. */
  measured: readonly Measurement[];
}>;

/** Comes with the first measurement. */
const measuredCell = latePart<MeasuredCellProps>(
  async () => (await import("#panels/measured/MeasuredTables.tsx")).MeasuredCell,
);

type BesideProps = Omit<Columns, "methods"> &
  Readonly<{ method: MethodAnswer["method"]; row: MeasuredCellProps["row"] }>;

/** What was measured of a method, in a column beside its own; nothing where nothing was. */
const Beside = ({ method, focus, measured, row }: BesideProps): ReactElement | null => {
  const measurement = measured.find((each) => each.method === method);
  if (measurement === undefined) return null;
  return <measuredCell.Part measurement={measurement} row={row} isFocused={method === focus} />;
};

type FiguresProps = Columns &
  Readonly<{ figure: (one: MethodAnswer) => number; measuredAs?: MeasuredCellProps["row"] | undefined }>;

const Figures = ({ methods, focus, measured, figure, measuredAs = null }: FiguresProps): ReactElement => (
  <>
    {methods.map((one) => (
      <Fragment key={one.method}>
        <td className={one.method === focus ? `${styles.figure} ${styles.focused}` : styles.figure}>
          {formatGib(figure(one))}
        </td>
        <Beside method={one.method} focus={focus} measured={measured} row={measuredAs} />
      </Fragment>
    ))}
  </>
);

const bytesOf = (one: MethodAnswer, id: TermId): number =>
  one.estimate.terms.find((term) => term.id === id)?.bytes ?? 0;

/** The formula of a term in words, which a press shows. */
const titleOf = (methods: Columns["methods"], focus: Columns["focus"], id: TermId): string => {
  const term = methods.find(({ method }) => method === focus)?.estimate.terms.find((each) => each.id === id);
  return term === undefined || term.formula.length === 0
    ? "Show how it is computed"
    : `${formulaNames(term.formula)}: show how it is computed`;
};

const PeakRow = ({ id, selected, ...columns }: Columns & Readonly<{ id: TermId; selected: boolean }>): ReactElement => {
  const { label } = TERM_STYLE[id];
  return (
    <tr
      className={selected ? styles.selected : undefined}
      onPointerEnter={() => selectTerm({ term: id, method: null })}
      onPointerLeave={() => selectTerm(null)}
    >
      <th scope="row">
        <button
          type="button"
          className={styles.name}
          title={titleOf(columns.methods, columns.focus, id)}
          onClick={() => openFormula(id)}
        >
          <TermSwatch id={id} />
          {label}
        </button>
      </th>
      <Figures {...columns} figure={(one) => bytesOf(one, id)} />
      <td className={styles.moves}>{TERM_GROWTH[id].movesWith}</td>
    </tr>
  );
};

/** How much of base weights is the copy of a reference model or a teacher, where some method holds one. */
const ReferenceRow = (columns: Columns): ReactElement | null => {
  const bytesOfCopy = ({ estimate }: MethodAnswer): number =>
    estimate.terms.find(({ id }) => id === "weights")?.referenceBytes ?? 0;
  if (!columns.methods.some((one) => bytesOfCopy(one) > 0)) return null;
  const objective = columns.methods[0]?.scenario.objective;
  return (
    <tr className={styles.part}>
      <th scope="row">of it, {objective === "distill" ? "teacher" : "reference model"}</th>
      <Figures {...columns} figure={bytesOfCopy} />
      <td className={styles.moves}>
        {objective === "distill" ? (
          "its parameters and type"
        ) : (
          <>
            <code>{objective === "grpo" ? "beta=0" : "precompute_ref_log_probs"}</code> takes it away
          </>
        )}
      </td>
    </tr>
  );
};

const Group = ({
  group,
  ...columns
}: Columns & Readonly<{ group: TermGroup; selected: TermId | null }>): ReactElement => (
  <tbody>
    <tr className={styles.group}>
      <th scope="rowgroup">{GROUP_LABELS[group]}</th>
      {columns.methods.map(({ method }) => (
        <Fragment key={method}>
          <td className={method === columns.focus ? styles.focused : undefined} aria-hidden="true" />
          <Beside method={method} focus={columns.focus} measured={columns.measured} row={null} />
        </Fragment>
      ))}
      <td className={styles.moves} aria-hidden="true" />
    </tr>
    {TERM_IDS.filter((id) => TERM_GROWTH[id].group === group).map((id) => (
      <Fragment key={id}>
        <PeakRow {...columns} id={id} selected={columns.selected === id} />
        {id === "weights" && <ReferenceRow {...columns} />}
      </Fragment>
    ))}
  </tbody>
);

const comparedWith = ({ gpu, usedBytes, reservedBytes }: Answer): ReactElement => (
  <>
    Compared with {formatGib(gpu.usableBytes)} usable
    {usedBytes > 0 && `, ${formatGib(usedBytes)} in use`}
    {reservedBytes > 0 && `, ${formatGib(reservedBytes)} reserved by vLLM`}: decides <em>Fits</em>
  </>
);

/** Where the gaps are from. Methods that go by the rule are named where others do not. */
const gapsWhat = ({ methods }: Answer): string => {
  const ruled = methods.filter(({ estimate }) => estimate.basis === "rule");
  if (ruled.length === methods.length) return "2 % of it, the least of ten measured pairs";
  const names = ruled.map(({ method }) => METHOD_NAMES[method].label).join(", ");
  return `Freed blocks too small to be used again${names && `; ${names}: 2 %`}`;
};

type FootRow = Readonly<{
  label: string;
  figure: (one: MethodAnswer) => number;
  what: ReactElement | string;
  isSum?: boolean;
  measuredAs?: MeasuredCellProps["row"];
}>;

/** From the tensors to the card, as a sum, and what is seen there. */
const footRows = (answer: Answer): readonly FootRow[] => {
  const hasSeveral = answer.choices.gpus > 1;
  const tool = memoryMeterOf(answer);
  return [
    {
      label: "Allocated",
      measuredAs: "allocated",
      figure: ({ estimate }) => estimate.peakBytes,
      what: (
        <>
          <code>max_memory_allocated()</code>, the sum of tensors
        </>
      ),
    },
    {
      label: "+ gaps of the allocator",
      figure: ({ estimate }) => estimate.neededBytes - estimate.peakBytes,
      what: gapsWhat(answer),
    },
    {
      label: hasSeveral ? "+ CUDA context, NCCL" : "+ CUDA context",
      measuredAs: "context",
      figure: ({ estimate }) => estimate.onCardBytes - estimate.neededBytes,
      what: hasSeveral ? "Before the first tensor; with several GPUs 1.5 for NCCL" : "Before the first tensor",
    },
    {
      label: "Needed on the card",
      figure: ({ estimate }) => estimate.onCardBytes,
      what: comparedWith(answer),
      isSum: true,
    },
    {
      label: "Seen on this card",
      measuredAs: "seen",
      figure: ({ estimate, card }) => mostSeenOnCard(estimate, card) ?? 0,
      what: `${tool === null ? "W" : `${tool}, w`}ith room; given back when short`,
    },
  ];
};

/**
 * The legend, which is the table: eight terms in three groups, a column a method, and what moves each term; its foot adds up what a card must have. Fixed
 * order, no row ever goes. Its figures follow those of verdict, cards and bars when there is time, usually in the same frame.
 */
export const PeakTable = (): ReactElement => {
  const answer = useDeferredValue(useMomentAnswer());
  const all = useMeasurements(answer.choices);
  const measured = useMemo(() => all.filter(({ inTable }) => Object.keys(inTable).length > 0), [all]);
  return (
    <>
      <PeakTableOf answer={answer} measured={measured} selected={useSelectedTerm()?.term ?? null} />
      {answer.isShared && <several.Part answer={answer} />}
    </>
  );
};

/** Shown for several GPUs, and for one whose host helps it. */
const several = latePart<Readonly<{ answer: PageAnswer }>>(async () => (await import("./SeveralGpus.tsx")).SeveralGpus);

type PeakTableOfProps = Readonly<{ answer: PageAnswer; measured: readonly Measurement[]; selected: TermId | null }>;

const PeakTableOf = memo(({ answer, measured, selected }: PeakTableOfProps): ReactElement => {
  const columns: Columns = { methods: answer.methods, focus: focusedMethod(answer)?.method, measured };
  return (
    <section id="table" className={styles.room} aria-label="Parts at the peak">
      <table className={styles.table}>
        <caption className={styles.caption}>
          Each part is rounded on its own: parts may differ from a total by 0.1. “–”: nothing at the peak.
        </caption>
        <thead>
          <tr>
            <th scope="col">At the peak, GiB</th>
            {columns.methods.map(({ method }) => (
              <Fragment key={method}>
                <th
                  scope="col"
                  className={method === columns.focus ? `${styles.figure} ${styles.focused}` : styles.figure}
                >
                  {METHOD_NAMES[method].label}
                </th>
                <Beside method={method} focus={columns.focus} measured={measured} row="head" />
              </Fragment>
            ))}
            <th scope="col" className={styles.moves}>
              Moves with
            </th>
          </tr>
        </thead>
        {TERM_GROUPS.map((group) => (
          <Group key={group} {...columns} group={group} selected={selected} />
        ))}
        <tfoot>
          {footRows(answer).map(({ label, figure, what, isSum = false, measuredAs }) => (
            <tr key={label} className={isSum ? styles.sum : styles.ofIt}>
              <th scope="row">{label}</th>
              <Figures {...columns} figure={figure} measuredAs={measuredAs} />
              <td className={styles.moves}>{what}</td>
            </tr>
          ))}
        </tfoot>
      </table>
    </section>
  );
});
