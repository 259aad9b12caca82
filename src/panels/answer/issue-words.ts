import type { Issue } from "#scenario/choices/issue.ts";
import { KEY_NAMES } from "#scenario/choices/key-names.ts";

/** The letter of a further scenario, where the key has one, and the key of a link. */
const partsOf = (key: string): Readonly<{ letter: string; inner: string }> => {
  const [, letter = "", inner = ""] = /^(?:([bcd])\.)?(.*)$/s.exec(key) ?? [];
  return { letter, inner };
};

/** What the page calls a key: "Batch size", of a further scenario "B: Batch size"; nothing for a key that no link has. */
export const keyName = (key: string): string => {
  const { letter, inner } = partsOf(key);
  const name = Object.hasOwn(KEY_NAMES, inner) ? (KEY_NAMES[inner] ?? "") : "";
  return letter === "" ? name : `${letter.toUpperCase()}: ${name}`.trim();
};

/** An issue's sentence in two: what the link said, as it was spelled, and the rest: "r=5000", " is above 1024; 1024 is used." */
export const sentenceOf = ({ key, value, message }: Issue): Readonly<{ said: string; rest: string }> => {
  const { letter, inner } = partsOf(key);
  const own = letter === "" ? message : message.replace(`${letter}: `, "");
  const said = [`${inner}=${value}`, inner].find((start) => own.startsWith(start)) ?? "";
  const rest = own.slice(said.length).replaceAll(`; ${inner}=`, "; ");
  return { said: letter === "" ? said : `${letter}.${said}`, rest };
};

/** What holds instead: "using 1", "what the stack does is used", "left out". */
export const usedInstead = (issue: Issue): string => {
  if (issue.used !== "") return `using ${issue.used}`;
  const [, outcome] = /; ([^;]+)\.$/.exec(issue.message) ?? [];
  return outcome === undefined || outcome === "it is left out" ? "left out" : outcome;
};
