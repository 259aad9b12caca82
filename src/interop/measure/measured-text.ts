/** A program in Python that measures, or why there is none. */
export type MeasuredText = Readonly<{
  /** What the file is called: `measure.py`. */
  name: string;
  /** null: the scenario asks for something that the program cannot do, and which it would measure otherwise. */
  text: string | null;
  /** Why there is none: one sentence each. */
  refused: readonly string[];
  /** Choices that do not go together, and what is measured in their place: one sentence each. */
  instead: readonly string[];
}>;
