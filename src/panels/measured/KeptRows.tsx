// Measured rows stored in the browser: read, write, remove, and the note that says so.

import type { MeasuredRow } from "#interop/measure/measured-rows.ts";
import { askOnce } from "#scenario/page/questions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { showKept, showOpened, useMeasuredRuns } from "./measured-runs.ts";
import { KEPT_KEY } from "./shown-measurements.ts";
import { type OwnMeasurement, ownMeasurement } from "./measurement-marks.ts";
import { type ReactElement, useRef, useState } from "react";
import { Button } from "#ui/Button.tsx";
import styles from "./MeasuredLines.module.css";

/** A run a day for more than half a year; a page that reads as many still starts at once. */
const MOST_KEPT = 200;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Everything that is kept, whatever it is; null where there is nothing, or nothing that this page wrote. */
const storedRows = (): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT_KEY) ?? "[]");
    return Array.isArray(value) ? value.slice(0, MOST_KEPT) : [];
  } catch {
    return [];
  }
};

const isRow = (row: MeasuredRow) => (each: OwnMeasurement) => isSame(each.row, row);

const FULL = "This browser keeps no more: its storage is full or blocked. The row is here until the page is closed.";
const MOST = `${MOST_KEPT} rows are kept in this browser already, and no more. Remove one first.`;
const BLOCKED = "This browser’s storage is blocked: nothing was changed in it.";

/** @returns why it was not written; null where it was */
const write = (rows: readonly unknown[], otherwise: string): string | null => {
  // Whoever calls, nothing is stored where the page is embedded.
  if (useScenario.getState().choices.embed) return BLOCKED;
  try {
    if (rows.length === 0) localStorage.removeItem(KEPT_KEY);
    else localStorage.setItem(KEPT_KEY, JSON.stringify(rows));
    return null;
  } catch {
    return otherwise;
  }
};

/** How many rows this browser keeps. */
const countKeptRows = (): number => storedRows().length;

/** Keeps a row in this browser, to be shown whenever its scenario is open. Returns why it is not kept; null where it is. */
export const keepRow = (measurement: OwnMeasurement): string | null => {
  const rows = storedRows();
  // Another tab may have kept it.
  const isThere = rows.some((each) => isSame(each, measurement.row));
  if (!isThere && rows.length >= MOST_KEPT) return MOST;
  const problem = isThere ? null : write([measurement.row, ...rows], FULL);
  if (problem !== null) return problem;
  showKept([measurement, ...useMeasuredRuns.getState().kept.filter((each) => !isRow(measurement.row)(each))]);
  return null;
};

/** Whether this browser keeps a row. */
export const isKeptRow = (row: MeasuredRow, kept: readonly OwnMeasurement[]): boolean => kept.some(isRow(row));

/** Takes a row out of this browser; its line stands until another run is opened. Returns why it could not be; null where it is out. */
export const forgetRow = (measurement: OwnMeasurement): string | null => {
  const problem = removeRow(measurement);
  if (problem === null) showOpened(measurement);
  return problem;
};

/** Takes a row away from its scenario, and out of this browser where it is kept. Returns why it could not be; null where it is gone. */
export const removeRow = ({ row }: OwnMeasurement): string | null => {
  const rows = storedRows();
  const rest = rows.filter((each) => !isSame(each, row));
  const problem = rest.length === rows.length ? null : write(rest, BLOCKED);
  if (problem !== null) return problem;
  const { opened, kept } = useMeasuredRuns.getState();
  useMeasuredRuns.setState({
    opened: opened?.kind === "own" && isRow(row)(opened) ? null : opened,
    kept: kept.filter((each) => !isRow(row)(each)),
  });
  return null;
};

/** Takes all rows out of this browser, and those that are shown away. Returns why they could not be; null where they are gone. */
const removeAllRows = (): string | null => {
  const problem = write([], BLOCKED);
  if (problem !== null) return problem;
  useMeasuredRuns.setState(({ opened }) => ({ opened: opened?.kind === "own" ? null : opened, kept: [] }));
  return null;
};

/** Shows what this browser keeps whenever its scenario is open. Of a row that cannot be read any more nothing is shown; it stays until all are removed. */
export const showKeptRows = async (): Promise<void> => {
  const values = storedRows();
  const read = values.length === 0 ? [] : await askOnce("keptRows", { values }).catch(() => []);
  // Rows may have gone while they were read.
  const now = storedRows();
  const known = useMeasuredRuns.getState().kept;
  const kept = read.flatMap((each) => (each === null ? [] : [ownMeasurement(each)]));
  const come = known.filter(({ row }) => !kept.some(isRow(row)));
  showKept([...come, ...kept].filter(({ row }) => now.some((each) => isSame(each, row))));
};

type RemoveAllProps = Readonly<{
  /** Told why they could not be removed, null where they are gone. */
  done: (problem: string | null) => void;
}>;

/** Takes everything that was measured out of this browser; nothing where nothing is kept. */
export const RemoveAllRows = ({ done }: RemoveAllProps): ReactElement | null => {
  // What is kept is counted again whenever rows come or go.
  useMeasuredRuns();
  const count = countKeptRows();
  if (count === 0) return null;
  return (
    <Button size="small" kind="quiet" onClick={() => done(removeAllRows())}>
      {count === 1 ? "Remove all (1 kept)" : `Remove all ${count} kept`}
    </Button>
  );
};

const wordsOf = (count: number): string => {
  if (count === 0) return "No measured row is kept in this browser any more.";
  return count === 1 ? "A measured row is kept in this browser." : `${count} measured rows are kept in this browser.`;
};

/** That this browser keeps measured rows, and the way to take them all out of it, whatever scenario is open; nothing where it kept none. */
export const KeptNote = (): ReactElement | null => {
  const words = useRef<HTMLSpanElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [first] = useState(countKeptRows);
  const [count, setCount] = useState(first);
  if (first === 0) return null;
  const done = (why: string | null): void => {
    setProblem(why);
    setCount(countKeptRows());
    // The button that has the focus goes.
    if (why === null) words.current?.focus();
  };
  return (
    <div className={`${styles.acts} ${styles.kept}`}>
      <span ref={words} tabIndex={-1} className={styles.note}>
        {wordsOf(count)}
      </span>
      <RemoveAllRows done={done} />
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
};
