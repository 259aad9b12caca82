/** One of several values, and the word that it is shown by. */
export type Option<Value extends string> = Readonly<{
  value: Value;
  label: string;
  /** Why it cannot be chosen now. */
  disabledWhy?: string | undefined;
}>;
