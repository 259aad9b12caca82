/** A file that a tool runs. */
export type ExportedFile = Readonly<{ name: string; text: string }>;

/** What a scenario becomes for a tool. */
export type Exported = Readonly<{
  /** The tool's own file first; then those beside it: accelerate's, a script. */
  files: readonly ExportedFile[];
  /** What the tool cannot express of the scenario: one sentence each. The files hold the rest. */
  left: readonly string[];
}>;
