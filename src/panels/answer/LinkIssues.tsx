// Problems in the opened link, in words, with the value used instead.

import { ownValue } from "#calc/base/guards.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { isStackId, STACKS } from "#catalog/stacks.ts";
import { formatCount } from "#format/numbers.ts";
import { type Issue, isNotKnownIssue } from "#scenario/keys/issues.ts";
import { isLinkKey } from "#scenario/choices/encode-link.ts";
import { PINNED_KEYS } from "#scenario/keys/choices.ts";
import { nameOfKey, type KeyWords, WORDS } from "#scenario/words/key-words.ts";
import { type ReactElement, useId, useState } from "react";
import { useScenario } from "#scenario/page/store.ts";
import styles from "./LinkIssues.module.css";
import { dismissIssues } from "#scenario/page/actions.ts";
import { Button } from "#ui/Button.tsx";

/** The letter of a further scenario, where the key has one, and the key of a link. */
const partsOf = (key: string): Readonly<{ letter: string; inner: string }> => {
  const [, letter = "", inner = ""] = /^(?:([bcd])\.)?(.*)$/s.exec(key) ?? [];
  return { letter, inner };
};

/** What the page calls a key: "Batch size", of a further scenario "B: Batch size"; nothing for a key that no link has. */
export const keyName = (key: string): string => {
  const { letter, inner } = partsOf(key);
  const named = isLinkKey(inner) ? inner : PINNED_KEYS.find((pinned) => pinned === inner);
  const name = named === undefined ? "" : nameOfKey(named);
  return letter === "" ? name : `${letter.toUpperCase()}: ${name}`.trim();
};

const WHOLE = /^\d+$/;

const valueName = (key: string, value: string, { models, gpus }: Catalog): string | undefined => {
  if (key === "model") return ownValue(models, value)?.name;
  if (key === "gpu") return ownValue(gpus, value)?.shortName;
  if (key === "stack") return isStackId(value) ? STACKS[value].name : undefined;
  return ownValue(ownValue<KeyWords>(WORDS, key)?.values ?? {}, value);
};

const inWords = (value: string): string => (WHOLE.test(value) ? formatCount(Number(value)) : value);

/** What is used instead, as the page calls it: "Llama 3.1 8B" for llama-3.1-8b, "Full, LoRA" for full,lora, "2,048". */
const usedWords = ({ key, used }: Issue, catalog: Catalog): string => {
  const { inner } = partsOf(key);
  const words = used.split(",").map((value) => valueName(inner, value, catalog) ?? inWords(value));
  return words.join(", ");
};

/** An issue's sentence in two: what the link said, as it was spelled, and the rest: "r=5000", " is above 1024; 1,024 is used." */
export const sentenceOf = (issue: Issue, catalog: Catalog): Readonly<{ said: string; rest: string }> => {
  const { key, value, used, message } = issue;
  const { letter, inner } = partsOf(key);
  const own = letter === "" ? message : message.replace(`${letter}: `, "");
  const said = [`${inner}=${value}`, inner].find((start) => own.startsWith(start)) ?? "";
  const rest = own.slice(said.length).replaceAll(`; ${inner}=`, "; ");
  const named = used === "" ? rest : rest.replace(`; ${used} is used`, () => `; ${usedWords(issue, catalog)} is used`);
  return { said: letter === "" ? said : `${letter}.${said}`, rest: named };
};

/** What holds instead: "using 1", "what the stack does is used", "left out". */
export const usedInstead = (issue: Issue, catalog: Catalog): string => {
  if (issue.used !== "") return `using ${usedWords(issue, catalog)}`;
  const [, outcome] = /; ([^;]+)\.$/.exec(issue.message) ?? [];
  return outcome === undefined || outcome === "it is left out" ? "left out" : outcome;
};

/** What is wrong with a choice, by the name that the page has for it. */
export const IssueSentence = ({ issue }: Readonly<{ issue: Issue }>): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { said, rest } = sentenceOf(issue, catalog);
  return (
    <>
      {keyName(issue.key)} {said !== "" && <code className={styles.sentence}>{said}</code>}
      {rest}
    </>
  );
};

/** More than these stand in the list alone: one line stays one line. */
const IN_LINE = 3;

type OfIssue = Readonly<{ issue: Issue }>;

const InLine = ({ issue }: OfIssue): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  if (issue.key === "") return <>{issue.message.replace(/\.$/, "")}</>;
  return (
    <>
      {keyName(issue.key)}{" "}
      <code className={styles.said}>
        {issue.key} = {issue.value === "" ? "nothing" : issue.value}
      </code>{" "}
      ({usedInstead(issue, catalog)})
    </>
  );
};

/** "2 values in the link were not understood: Batch size batch = -3 (using 1), ...": those first that decide most of the answer. */
const Line = ({ issues }: Readonly<{ issues: readonly Issue[] }>): ReactElement => {
  const count = issues.length === 1 ? "1 value" : `${issues.length} values`;
  const more = issues.length - IN_LINE;
  return (
    <output className={styles.words}>
      {count} in the link {issues.length === 1 ? "was" : "were"} not understood
      <span className={styles.which}>
        :{" "}
        {issues.slice(0, IN_LINE).map((issue, index) => (
          <span key={`${issue.key} ${issue.message}`}>
            {index > 0 && ", "}
            <InLine issue={issue} />
          </span>
        ))}
        {more > 0 && `, and ${more} more`}
      </span>
      .
    </output>
  );
};

const Reported = ({ issues }: Readonly<{ issues: readonly Issue[] }>): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className={styles.line}>
        <Line issues={issues} />
        <span className={styles.acts}>
          <Button
            kind="quiet"
            size="small"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen((before) => !before)}
          >
            {issues.length > IN_LINE ? `All ${issues.length}` : "Why"}
          </Button>
          <Button kind="quiet" size="small" onClick={dismissIssues}>
            Dismiss
          </Button>
        </span>
      </div>
      <ul id={id} className={styles.list} hidden={!isOpen}>
        {issues.map((issue) => (
          <li key={`${issue.key} ${issue.message}`}>
            <IssueSentence issue={issue} />
          </li>
        ))}
      </ul>
    </>
  );
};

type LinkIssuesProps = Readonly<{
  /** Laid over the edge of what it stands in, where it moves nothing: one line, and a list that opens over the rest. */
  isOver?: boolean;
}>;

/** What a link said and nobody understood, in one line until dismissed; all of it and why in a list that opens. */
export const LinkIssues = ({ isOver = false }: LinkIssuesProps): ReactElement | null => {
  const all = useScenario((state) => state.issues);
  // The verdict says what is not known.
  const issues = all.filter((issue) => !isNotKnownIssue(issue));
  if (issues.length === 0) return null;
  return (
    <div className={isOver ? styles.over : styles.issues}>
      <Reported issues={issues} />
    </div>
  );
};
