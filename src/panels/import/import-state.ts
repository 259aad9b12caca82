// State of the import dialog: its text, the last import, and the explained error.

import { create } from "zustand";
import type { Imported } from "#interop/import/import-result.ts";
import type { OomMessage } from "#interop/oom/oom-message.ts";
import type { Refusal } from "#interop/import/source-fields.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

/** What was taken over from files: their names, what was found in them, the choices before and after. */
export type ImportResult = Readonly<{
  names: readonly string[];
  found: Extract<Imported, { kind: "imported" }>;
  before: Choices;
  after: Choices;
}>;

/** What a text without a file is called. */
export const PASTED_TEXT_NAME = "Pasted text";

/** An error that is explained: what a text says of it, and the run that it is held against. */
export type Explained = Readonly<{
  /** Each error of the text. */
  messages: readonly OomMessage[];
  /** Which of them is shown. */
  shown: number;
  against: Choices;
  /** What was taken over from what stands beside it, in words: "Pasted text: 5 read, 3 assumed"; null where nothing was. */
  beside: string | null;
  /** Files that were given with it and tell of no run. */
  unread: readonly string[];
  /** The way out that was taken last, and the choices after it. */
  applied: Readonly<{ title: string; after: Choices }> | null;
}>;

/** The box that takes files, texts and ids. */
export type Box = Readonly<{
  isOpen: boolean;
  /** Its lists of what was found stand in it, not the field. */
  showsLists: boolean;
  /** What stands in its field. */
  text: string;
  /** Whose text that is; null: it was pasted or typed. */
  name: string | null;
  /** What it waits for. */
  waits: "reading" | "fetching" | null;
  /** Why the last files were not taken. */
  refusals: readonly Refusal[];
  /** The last import. */
  taken: ImportResult | null;
  /** The error that stands in it, in the place of the field. */
  explained: Explained | null;
}>;

const EMPTY = { text: "", name: null, waits: null, refusals: [], showsLists: false, explained: null } as const;

export const useImportBox = create<Box>(() => ({ ...EMPTY, isOpen: false, taken: null }));

/** Whether what was taken is still part of the scenario: a step that was not taken back, however much was changed since. */
const isStillIn = (taken: ImportResult): boolean => {
  const { past, choices } = useScenario.getState();
  return [...past, choices].includes(taken.after);
};

/** The last import; null where there is none, and once it was taken back. */
export const useImportResult = (): ImportResult | null => {
  const taken = useImportBox((box) => box.taken);
  const isIn = useScenario(({ past, choices }) => taken !== null && [...past, choices].includes(taken.after));
  return isIn ? taken : null;
};

/** An error as it is held against the scenario now: anew, unless that is what it was held against, or what a way out has made of it. */
const againstNow = (explained: Explained | null): Explained | null => {
  const { choices } = useScenario.getState();
  if (explained === null || choices === explained.against || choices === explained.applied?.after) return explained;
  return { ...explained, against: choices, applied: null };
};

/** Opens the box, on the error that was explained last, or on what was taken last if that still holds. */
export const openImportBox = (): void => {
  const { taken, explained } = useImportBox.getState();
  useImportBox.setState({
    isOpen: true,
    explained: againstNow(explained),
    showsLists: taken !== null && isStillIn(taken),
  });
};

/** Opens the box for something else. */
export const openEmptyImportBox = (text = ""): void => useImportBox.setState({ ...EMPTY, isOpen: true, text });

/** What stands in the field is another text. */
export const setImportText = (text: string): void =>
  useImportBox.setState(({ name }) => ({ text, name: text === "" ? null : name, refusals: [] }));
