// State of an explained error: the engine's report, other errors of the text, and applied changes.

import { useEffect, useState } from "react";
import type { FailedRequest } from "#advice/oom-changes.ts";
import type { ErrorReport, FoundTensor } from "#interop/oom/error-report.ts";
import type { OomMessage } from "#interop/oom/oom-message.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { askOnce } from "#scenario/page/questions.ts";
import type { QuestionResult } from "#service/questions.ts";
import { changeChoices, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { type Explained, useImportBox } from "./import-state.ts";

type Asked = Readonly<{ message: OomMessage; choices: Choices }>;

/** What the engine says of an error; null: not yet. */
export type OfError = Readonly<{
  report: ErrorReport | null;
  ways: QuestionResult<"waysOut"> | null;
  /** Why it could not say it; null: it could. */
  failed: string | null;
  /** Whether it is said of this very error and run. */
  fresh: boolean;
}>;

const HELPS: Readonly<Record<FoundTensor["phase"], FailedRequest["helps"]>> = {
  load: "weights",
  prepare: "weights",
  train: "step",
  evaluate: "step",
  save: "none",
  merge: "none",
};

const requestOf = ({ term, evaluated, isOfRows, phase }: FoundTensor): FailedRequest => ({
  term,
  evaluated,
  isOfRows,
  helps: HELPS[phase],
});

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Said = Omit<OfError, "fresh"> & Readonly<{ asked: Asked | null }>;

const NOTHING: Said = { asked: null, report: null, ways: null, failed: null };

/** Asks what an error was of a run, then for ways out; what was said of it against another run stays until the next is here. */
export const useErrorReport = (message: OomMessage, choices: Choices): OfError => {
  const [said, setSaid] = useState(NOTHING);
  useEffect(() => {
    let isWanted = true;
    const asked = { message, choices };
    const say = (more: Partial<Said>): void => {
      if (isWanted) setSaid((before) => ({ ...(before.asked === asked ? before : NOTHING), ...more, asked }));
    };
    const ask = async (): Promise<void> => {
      const report = await askOnce("explainError", asked);
      say({ report });
      if (report.found === null || !isWanted) return;
      say({ ways: await askOnce("waysOut", { choices, request: requestOf(report.found) }) });
    };
    ask().catch((error: unknown) => say({ failed: wordsOf(error) }));
    return () => {
      isWanted = false;
    };
  }, [message, choices]);
  // What was said of another error is not said of this one.
  const known = said.asked?.message === message ? said : NOTHING;
  return { ...known, fresh: known.asked?.choices === choices };
};

const update = (next: (explained: Explained) => Explained): void => {
  const { explained } = useImportBox.getState();
  if (explained !== null) useImportBox.setState({ explained: next(explained) });
};

/** Another error of the same text. */
export const showError = (shown: number): void => update((explained) => ({ ...explained, shown }));

/** The run was another one: the scenario changes, and the error is held against it. */
export const compareErrorWith = (patch: Partial<Choices>): void => {
  changeChoices(patch);
  const { choices } = useScenario.getState();
  update((explained) => ({ ...explained, against: choices, applied: null }));
};

/** Takes a way out. The error is still one of the run before: only the answer behind the box changes. */
export const applyWayOut = (title: string, patch: Partial<Choices>): void => {
  changeChoices(patch);
  const { choices } = useScenario.getState();
  update((explained) => ({ ...explained, applied: { title, after: choices } }));
};

/** Takes back the way out that was taken last. */
export const undoWayOut = (): void => {
  undo();
  update((explained) => ({ ...explained, applied: null }));
};

/** Shows the text of the error in the field again. */
export const showErrorText = (): void => useImportBox.setState({ explained: null });
