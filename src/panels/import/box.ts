import { create } from "zustand";
import type { Imported } from "#interop/import/imported.ts";
import type { Refusal } from "#interop/import/source.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

/** What was taken over from files: their names, what was found in them, the choices before and after. */
export type Taken = Readonly<{
  names: readonly string[];
  found: Extract<Imported, { kind: "imported" }>;
  before: Choices;
  after: Choices;
}>;

/** What a text without a file is called. */
export const PASTED = "Pasted text";

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
  taken: Taken | null;
}>;

const EMPTY = { text: "", name: null, waits: null, refusals: [], showsLists: false } as const;

export const useBox = create<Box>(() => ({ ...EMPTY, isOpen: false, taken: null }));

/** Whether what was taken is still part of the scenario: a step that was not taken back, however much was changed since. */
const isStillIn = (taken: Taken): boolean => {
  const { past, choices } = useScenario.getState();
  return [...past, choices].includes(taken.after);
};

/** The last import; null where there is none, and once it was taken back. */
export const useTaken = (): Taken | null => {
  const taken = useBox((box) => box.taken);
  const isIn = useScenario(({ past, choices }) => taken !== null && [...past, choices].includes(taken.after));
  return isIn ? taken : null;
};

/** Opens the box, on what was taken last if that still holds. */
export const openBox = (): void => {
  const { taken } = useBox.getState();
  useBox.setState({ isOpen: true, showsLists: taken !== null && isStillIn(taken) });
};

/** Opens the box for something else. */
export const openEmptyBox = (text = ""): void => useBox.setState({ ...EMPTY, isOpen: true, text });

/** What stands in the field is another text. */
export const typeText = (text: string): void =>
  useBox.setState(({ name }) => ({ text, name: text === "" ? null : name, refusals: [] }));
