// List of changes that save memory, grouped by what they cost, and the note with undo after one is made.

import type { ReactElement } from "react";
import { type Price, GROUP_NAMES, PRICE_GROUPS, type PriceGroup, PRICES } from "#advice/prices.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import type { ConfigLines } from "#interop/config-lines/config-lines.ts";
import { formatSignedGib } from "#format/bytes.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Changes.module.css";
import { FitBadge } from "#panels/answer/FitStatus.tsx";
import { gibWords } from "#advice/gpu-words.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { PageAdvice } from "#service/answers/advice-answers.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";

/** The row of what was pressed goes, and the focus with it: its way back takes the focus when it comes. */
export const takeFocus = (button: HTMLButtonElement | null): void => button?.focus({ preventScroll: true });

type ChangeRowProps = Readonly<{
  title: string;
  detail?: string | undefined;
  price: Price;
  /** What the library's file has then; null where that is a whole file. */
  lines: ConfigLines | null;
  savedBytes: number;
  /** What the method is on the card then. */
  card: CardFit;
  apply: () => void;
}>;

/** The lines of a change, or that the library has none for it. */
const Lines = ({ lines: { added, missing } }: Readonly<{ lines: ConfigLines }>): ReactElement | null => {
  if (added.length > 0) return <code className={styles.code}>{added.join("\n")}</code>;
  return missing.length > 0 ? <span className={styles.missing}>{missing.join(" ")}</span> : null;
};

/** One change: what it is and costs, what it saves, whether that is enough, and a button that makes it. */
export const ChangeRow = ({ title, detail, price, lines, savedBytes, card, apply }: ChangeRowProps): ReactElement => (
  <li className={styles.row}>
    <span>
      <span className={styles.name}>{title}</span>
      <span className={styles.price}>
        {detail} {price.words}{" "}
        {price.source && (
          <a href={price.source.url} title={price.source.label} target="_blank" rel="noopener">
            Source
          </a>
        )}
      </span>
    </span>
    <span className={styles.saved}>{savedBytes > 0 && formatSignedGib(-savedBytes)}</span>
    <span>
      <FitBadge card={card} />
    </span>
    <Button size="small" aria-label={`Apply: ${title}`} onClick={apply}>
      Apply
    </Button>
    {lines !== null && <Lines lines={lines} />}
  </li>
);

/** Makes a change of this title. */
export type Apply = (title: string, patch: Partial<Choices>) => void;

type Change = PageAdvice["changes"][number];

/** "5, up to −21.1"; of other cards which; of the host's memory also how much that takes: "2, up to −14.7, host 16.2 GiB". */
const summaryOf = (group: PriceGroup, changes: readonly Change[]): string => {
  const most = Math.max(...changes.map(({ savedBytes }) => savedBytes));
  const rest =
    group === "hardware" ? changes.map(({ knob }) => knob.title).join(" or ") : `up to ${formatSignedGib(-most)}`;
  const host = Math.max(...changes.map(({ hostBytes }) => hostBytes));
  return `${changes.length}, ${rest}${host > 0 ? `, host ${gibWords(host)}` : ""}`;
};

const NONE = "Nothing here saves memory: whatever is known to is chosen already.";
const NONE_RUNS = "Nothing here makes it run.";

type Says = Pick<ChangeListProps, "wouldRun" | "fresh"> & Readonly<{ isEmpty: boolean }>;

/** What stands above the groups, or in their place. */
const saysOf = ({ wouldRun, fresh, isEmpty }: Says): string => {
  if (wouldRun === null) return isEmpty ? NONE : "";
  if (!fresh) return "";
  return wouldRun.join(" ") || (isEmpty ? NONE_RUNS : "");
};

type ChangeListProps = Readonly<{
  advice: PageAdvice;
  /** Where the card cannot run it: what would be, a sentence each; null where it runs. */
  wouldRun: readonly string[] | null;
  fresh: boolean;
  /** Groups are open as far as this one before somebody presses them. */
  openTo: PriceGroup;
  apply: Apply;
}>;

/** The changes that save memory by what they are paid with, the cheapest first, the largest saving first in each. */
export const ChangeList = ({ advice, wouldRun, fresh, openTo, apply }: ChangeListProps): ReactElement => {
  const { changes } = advice;
  const isLocked = useIsLocked();
  const free = changes.filter(({ patch }) => !isLocked(patch));
  const says = saysOf({ wouldRun, fresh, isEmpty: free.length === 0 });
  const lastOpen = PRICE_GROUPS.indexOf(openTo);
  const groups = PRICE_GROUPS.map((group) => ({
    group,
    ofGroup: free.filter(({ knob }) => PRICES[knob.price].group === group),
  }));
  return (
    <div className={styles.groups}>
      {says !== "" && <p className={styles.says}>{says}</p>}
      {groups.map(
        ({ group, ofGroup }, index) =>
          ofGroup.length > 0 && (
            <Disclosure
              key={group}
              label={GROUP_NAMES[group]}
              summary={summaryOf(group, ofGroup)}
              defaultOpen={index <= lastOpen}
            >
              <ul className={styles.list} aria-label={GROUP_NAMES[group]}>
                {ofGroup.map(({ knob, patch, lines, savedBytes, card, hostBytes }) => (
                  <ChangeRow
                    key={knob.id}
                    title={knob.title}
                    detail={hostBytes > 0 ? `Takes ${gibWords(hostBytes)} of host memory.` : knob.detail}
                    price={PRICES[knob.price]}
                    lines={knob.subject === "library" ? null : lines}
                    savedBytes={savedBytes}
                    card={card}
                    apply={() => apply(knob.title, patch)}
                  />
                ))}
              </ul>
            </Disclosure>
          ),
      )}
    </div>
  );
};

/** What was just made, and the way back. */
export const Applied = ({ title, back }: Readonly<{ title: string; back: () => void }>): ReactElement => (
  <p className={styles.applied}>
    {title}: applied.{" "}
    <Button kind="link" ref={takeFocus} onClick={back}>
      Undo
    </Button>
  </p>
);
