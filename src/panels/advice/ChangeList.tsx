import type { ReactElement } from "react";
import { patchOf } from "#advice/knob.ts";
import { GROUP_NAMES, PRICE_GROUPS, type PriceGroup, PRICES } from "#advice/prices.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import type { PageAdvice } from "#service/answers/page-advice.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { ChangeRow } from "./ChangeRow.tsx";
import styles from "./Changes.module.css";
import { useIsLocked } from "./use-is-locked.ts";

/** Makes a change of this title. */
export type Apply = (title: string, patch: Partial<Choices>) => void;

type Change = PageAdvice["changes"][number];

/** What of the groups is open before somebody asks: up to the last that the set is paid with; all of them where nothing is enough. */
const lastOpen = (together: PageAdvice["together"]): number => {
  if (together === null) return PRICE_GROUPS.length;
  const groups = together.knobs.map(({ price }) => PRICE_GROUPS.indexOf(PRICES[price].group));
  return Math.max(PRICE_GROUPS.indexOf("slower"), ...groups);
};

/** "5, up to −21.1"; of other cards, which save nothing, the smallest. */
const summaryOf = (group: PriceGroup, changes: readonly Change[]): string => {
  const most = Math.max(...changes.map(({ savedBytes }) => savedBytes));
  const rest = group === "hardware" ? `from ${changes.at(-1)?.knob.title}` : `up to ${formatSignedGib(-most)}`;
  return `${changes.length}, ${rest}`;
};

const Together = ({
  method,
  set: { knobs, savedBytes, card },
  apply,
}: Pick<Choices, "method"> & Readonly<{ set: NonNullable<PageAdvice["together"]>; apply: Apply }>): ReactElement => {
  const title = knobs.map((knob) => knob.title).join(" + ");
  return (
    <ul className={styles.list}>
      <ChangeRow
        title={title}
        detail={["Together they make it fit.", ...knobs.flatMap(({ detail }) => detail ?? [])].join(" ")}
        savedBytes={savedBytes}
        card={card}
        apply={() => apply(title, patchOf(method, knobs))}
      />
    </ul>
  );
};

const NONE = "Nothing here saves memory: whatever is known to is chosen already.";

/** The changes that save memory by what they are paid with, the cheapest first, the largest saving first in each; above them those that make it fit together. */
export const ChangeList = ({
  advice: { choices, changes, together },
  fresh,
  apply,
}: Readonly<{ advice: PageAdvice; fresh: boolean; apply: Apply }>): ReactElement => {
  const isLocked = useIsLocked();
  const free = changes.filter(({ knob }) => !isLocked(knob.patch));
  const { method } = choices;
  const isTogether = together !== null && together.knobs.length > 1 && !isLocked(patchOf(method, together.knobs));
  const groups = PRICE_GROUPS.map((group) => ({
    group,
    ofGroup: free.filter(({ knob }) => PRICES[knob.price].group === group),
  }));
  return (
    <div className={styles.groups} data-stale={!fresh || undefined}>
      {isTogether && <Together method={method} set={together} apply={apply} />}
      {groups.map(
        ({ group, ofGroup }, index) =>
          ofGroup.length > 0 && (
            <Disclosure
              key={group}
              label={GROUP_NAMES[group]}
              summary={summaryOf(group, ofGroup)}
              defaultOpen={index <= lastOpen(together)}
            >
              <ul className={styles.list} aria-label={GROUP_NAMES[group]}>
                {ofGroup.map(({ knob, savedBytes, card }) => (
                  <ChangeRow
                    key={knob.id}
                    title={knob.title}
                    detail={knob.detail}
                    price={PRICES[knob.price]}
                    savedBytes={savedBytes}
                    card={card}
                    apply={() => apply(knob.title, patchOf(method, [knob]))}
                  />
                ))}
              </ul>
            </Disclosure>
          ),
      )}
      {free.length === 0 && <p>{NONE}</p>}
    </div>
  );
};
