/** The figures of the page as a table: what is exported to other tools, whatever the format. */
export type MemoryTable = Readonly<{
  /** In words: model, adapters, batch, card. */
  scenario: string;
  /** The whole address of the scenario. */
  link: string;
  /** The day it was taken, YYYY-MM-DD. */
  date: string;
  /** One a column. */
  methods: readonly string[];
  /** One a term, and the sums; bytes in the order of the methods, negative where memory is missing. */
  rows: readonly Readonly<{ label: string; bytes: readonly number[] }>[];
}>;
