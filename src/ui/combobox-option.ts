/** One line of a searchable list. */
export type ComboboxOption = Readonly<{
  id: string;
  label: string;
  /** At the right of the line: a size. */
  detail?: string | undefined;
}>;

/** Lines under one heading. */
export type ComboboxGroup = Readonly<{
  label: string;
  options: readonly ComboboxOption[];
  /** Said above all lines where these stand for something that was not found. */
  note?: string;
}>;
