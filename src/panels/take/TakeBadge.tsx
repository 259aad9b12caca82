import { type ReactElement, useMemo, useState } from "react";
import { type Badge, type BadgeCard, badgeOf } from "#interop/badge/badge.ts";
import { BADGE_FILE, badgeMarkdown } from "#interop/badge/badge-markdown.ts";
import { badgeSvg } from "#interop/badge/badge-svg.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { askOnce } from "#scenario/page/ask-once.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { Asked, Given } from "#service/table.ts";
import { ActButton } from "#ui/ActButton.tsx";
import { copyText } from "#ui/copy-text.ts";
import { Select } from "#ui/Select.tsx";
import { download } from "./download.ts";
import { pageAddress } from "./page-address.ts";
import rows from "./Take.module.css";
import styles from "./TakeBadge.module.css";
import { TakeRow } from "./TakeRow.tsx";

type Wanted = Asked<"smallestRuns">;

const wantedOf = ({ choices }: Answer): Wanted => ({ choices, methods: [choices.method] });

const badgeOfRuns = ([run]: Given<"smallestRuns">): Badge | null =>
  run?.answer ? badgeOf(run.answer, "smallest") : null;

/** What is shown; null while the smallest card is searched for, and where no card is enough. */
const useShown = (answer: Answer, card: BadgeCard): Readonly<{ badge: Badge | null; fresh: boolean }> => {
  const wanted = useMemo(() => (card === "chosen" ? null : wantedOf(answer)), [answer, card]);
  const { value, fresh } = useAsked("smallestRuns", wanted);
  if (card === "chosen") return { badge: badgeOf(answer, card), fresh: true };
  return { badge: value === null ? null : badgeOfRuns(value), fresh };
};

/** The badge at a press, whatever is still shown. */
const badgeNow = async (answer: Answer, card: BadgeCard): Promise<Badge | null> =>
  card === "chosen" ? badgeOf(answer, card) : badgeOfRuns(await askOnce("smallestRuns", wantedOf(answer)));

const save = (badge: Badge): void => download(BADGE_FILE, new Blob([badgeSvg(badge)], { type: "image/svg+xml" }));

const Buttons = ({ answer, card }: Readonly<{ answer: Answer; card: BadgeCard }>): ReactElement => {
  const taken = (take: (badge: Badge) => unknown) => async (): Promise<unknown> => {
    const badge = await badgeNow(answer, card);
    return badge !== null && take(badge);
  };
  return (
    <>
      <ActButton size="small" act={taken((badge) => copyText(badgeMarkdown(badge, pageAddress())))} done="Copied">
        Copy for Markdown
      </ActButton>
      <ActButton size="small" act={taken((badge) => copyText(badgeSvg(badge)))} done="Copied">
        Copy SVG
      </ActButton>
      <ActButton size="small" act={taken(save)} done="Saved">
        Save SVG
      </ActButton>
    </>
  );
};

const Picture = ({ badge }: Readonly<{ badge: Badge }>): ReactElement => (
  <img className={styles.picture} src={`data:image/svg+xml,${encodeURIComponent(badgeSvg(badge))}`} alt={badge.line} />
);

/** The scenario in a line, for a README or a model card: seen, copied, saved, with the line of Markdown that shows it there and leads here. */
export const TakeBadge = (): ReactElement => {
  const answer = useAnswer();
  const [card, setCard] = useState<BadgeCard>("chosen");
  const { badge, fresh } = useShown(answer, card);
  const isNone = badge === null && fresh;
  const options = [
    { value: "chosen", label: `On ${answer.gpu.shortName}` },
    { value: "smallest", label: "On the smallest GPU" },
  ] as const;
  return (
    <>
      <TakeRow name="Badge">
        <span className={styles.card}>
          <Select<BadgeCard> label="GPU of the badge" options={options} value={card} onChange={setCard} />
        </span>
        {!isNone && <Buttons answer={answer} card={card} />}
      </TakeRow>
      <p className={`${rows.under} ${styles.shown}`} aria-busy={!fresh}>
        {badge !== null && <Picture badge={badge} />}
        {isNone && "No number of any card is enough."}
      </p>
    </>
  );
};
