import type { Checked } from "./checked.ts";

/** What a report may say beside what was checked. */
export type ReportWith = Readonly<{
  /** The address of a calculator, before the `?` of links; null: links stand by themselves. */
  page: string | null;
  /** True if a run that may not fit passes. */
  allowTight: boolean;
}>;

/** A way to write what was checked: lines of standard output. */
export type Report = (checked: readonly Checked[], beside: ReportWith) => readonly string[];

/** Spaces that do not break belong on a page. */
export const plainSpaces = (text: string): string => text.replaceAll("\u00A0", " ");

/** A link as a person opens it. */
export const linkOn = (link: string, { page }: ReportWith): string => `${page ?? ""}${link}`;
