/** What the page says of one term of the total. */
export type Explanation = Readonly<{
  /** One or two plain sentences: what it is, when it is alive, what is assumed. */
  note: string;
  /** Where the rule comes from: paper, source file, documentation; precise. */
  source: Readonly<{ label: string; url: string | null }>;
}>;
