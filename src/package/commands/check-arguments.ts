import { linksAmong } from "./links-among.ts";
import type { Arguments } from "./read-arguments.ts";

/** The ways in which a check can be written. */
export const CHECK_FORMATS = ["plain", "markdown", "junit", "json"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** What `check` was asked for. */
export type CheckArguments = Readonly<{
  files: readonly string[];
  /** From its `?` on; empty where there is none. */
  search: string;
  gpu: string | null;
  gpus: string | null;
  format: CheckFormat;
  page: string | null;
  /** True if a run that may not fit passes. */
  allowTight: boolean;
}>;

/** What `check` can be told beside files and a link. */
export const CHECK_OPTIONS = {
  "--gpu": "value",
  "--gpus": "value",
  "--format": "value",
  "--page": "value",
  "--allow-tight": "flag",
} as const;

const isFormat = (name: string): name is CheckFormat => (CHECK_FORMATS as readonly string[]).includes(name);

/** An address without what links put after it. */
const pageOf = (page: string | undefined): string | null => page?.replace(/[?#].*$/, "") ?? null;

const searchOf = (link = ""): string => link.slice(link.indexOf("?")).replace(/#.*$/, "");

/**
 * What the arguments of `check` ask for.
 *
 * @returns or what is wrong with them, as a sentence
 */
export const checkArguments = ({ flags, values, rest }: Arguments): CheckArguments | string => {
  const { links, files } = linksAmong(rest);
  const format = values.get("--format") ?? "plain";
  if (!isFormat(format)) return `There is no format ${JSON.stringify(format)}: ${CHECK_FORMATS.join(", ")} are there.`;
  if (links.length > 1) return "check takes one link.";
  if (files.length === 0) return "There is no file.";
  return {
    files,
    search: searchOf(links[0]),
    gpu: values.get("--gpu") ?? null,
    gpus: values.get("--gpus") ?? null,
    format,
    page: pageOf(values.get("--page")),
    allowTight: flags.has("--allow-tight"),
  };
};
