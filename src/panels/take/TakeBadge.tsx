// Export as a badge and as files of training libraries.

import { type ReactElement, type ReactNode, useMemo, useState, useId } from "react";
import styles from "./Take.module.css";
import { type Badge, type BadgeCard, badgeOf, BADGE_FILE, badgeMarkdown, badgeSvg } from "#interop/badge.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { askOnce, useEngineAnswer } from "#scenario/page/questions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import type { QuestionInput, QuestionResult } from "#service/questions.ts";
import { FeedbackButton, copyText } from "#ui/FeedbackButton.tsx";
import { Select } from "#ui/Select.tsx";
import { asScenario } from "#scenario/choices/settle.ts";
import { downloadFile, pageAddress } from "./page-link.ts";
import type { ExportedFile } from "#interop/export/exporter.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { EXPORT_NAMES, usualTool } from "#interop/export/export-names.ts";
import { LineDiff } from "#panels/advice/LineDiff.tsx";
import { useImportResult } from "#panels/import/import-state.ts";
import { namesWords } from "#panels/import/import-words.ts";
import { Button } from "#ui/Button.tsx";

/** One way out of the page, and its buttons. */
export const TakeRow = ({ name, children }: Readonly<{ name: string; children: ReactNode }>): ReactElement => (
  <fieldset className={styles.row}>
    <legend>{name}</legend>
    {children}
  </fieldset>
);

type Wanted = QuestionInput<"smallestRuns">;

const wantedOf = ({ choices }: Answer): Wanted => ({ choices, methods: [choices.method] });

const badgeOfRuns = ([run]: QuestionResult<"smallestRuns">): Badge | null =>
  run?.answer ? badgeOf(run.answer, "smallest") : null;

/** What is shown; null while the smallest card is searched for, and where no card is enough. */
const useShown = (answer: Answer, card: BadgeCard): Readonly<{ badge: Badge | null; fresh: boolean }> => {
  const wanted = useMemo(() => (card === "chosen" ? null : wantedOf(answer)), [answer, card]);
  const { value, fresh } = useEngineAnswer("smallestRuns", wanted);
  if (card === "chosen") return { badge: badgeOf(answer, card), fresh: true };
  return { badge: value === null ? null : badgeOfRuns(value), fresh };
};

/** The badge at a press, whatever is still shown. */
const badgeNow = async (answer: Answer, card: BadgeCard): Promise<Badge | null> =>
  card === "chosen" ? badgeOf(answer, card) : badgeOfRuns(await askOnce("smallestRuns", wantedOf(answer)));

const save = (badge: Badge): void => downloadFile(BADGE_FILE, new Blob([badgeSvg(badge)], { type: "image/svg+xml" }));

const Buttons = ({ answer, card }: Readonly<{ answer: Answer; card: BadgeCard }>): ReactElement => {
  const taken = (take: (badge: Badge) => unknown) => async (): Promise<unknown> => {
    const badge = await badgeNow(answer, card);
    return badge !== null && take(badge);
  };
  return (
    <>
      <FeedbackButton size="small" act={taken((badge) => copyText(badgeMarkdown(badge, pageAddress())))} done="Copied">
        Copy for Markdown
      </FeedbackButton>
      <FeedbackButton size="small" act={taken((badge) => copyText(badgeSvg(badge)))} done="Copied">
        Copy SVG
      </FeedbackButton>
      <FeedbackButton size="small" act={taken(save)} done="Saved">
        Save SVG
      </FeedbackButton>
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
      <p className={`${styles.under} ${styles.shown}`} aria-busy={!fresh}>
        {badge !== null && <Picture badge={badge} />}
        {isNone && "No number of any card is enough."}
      </p>
    </>
  );
};

type WantedFiles = QuestionInput<"export">;

const TOOLS = Object.entries(EXPORT_NAMES).map(([value, label]) => ({ value: value as ExportTool, label }));

const saveFile = ({ name, text }: ExportedFile): void =>
  downloadFile(name, new Blob([text], { type: "text/plain;charset=utf-8" }));

const saveAll = async (wanted: WantedFiles): Promise<void> => {
  for (const file of (await askOnce("export", wanted)).files) saveFile(file);
};

/** The tool's own file; those beside it have buttons of their own where they are shown. */
const copyFirst = async (wanted: WantedFiles): Promise<boolean> => {
  const [first] = (await askOnce("export", wanted)).files;
  return first !== undefined && copyText(first.text);
};

/** @param isAlone the row's own button copies it */
const FileShown = ({ file, isAlone }: Readonly<{ file: ExportedFile; isAlone: boolean }>): ReactElement => (
  <div className={styles.file}>
    <h3 className={styles.name}>
      <code>{file.name}</code>
    </h3>
    {!isAlone && (
      <FeedbackButton size="small" act={() => copyText(file.text)} done="Copied">
        Copy
      </FeedbackButton>
    )}
    <section className={styles.text} aria-label={file.name} tabIndex={0}>
      <pre>{file.text}</pre>
    </section>
  </div>
);

/** What became of the file that was imported: "3 lines of lora-8b.yaml change". */
const changedWords = (names: string, count: number): string => {
  if (count === 0) return `No line of ${names} changes.`;
  return `${count} ${count === 1 ? "line" : "lines"} of ${names} ${count === 1 ? "changes" : "change"}:`;
};

const FilesShown = ({ wanted, id }: Readonly<{ wanted: WantedFiles; id: string }>): ReactElement => {
  const { value, fresh } = useEngineAnswer("export", wanted);
  const taken = useImportResult();
  return (
    <div id={id} className={styles.files} aria-busy={!fresh}>
      {value !== null && (
        <>
          {value.changes !== null && taken !== null && (
            <>
              <p className={styles.note}>
                {changedWords(namesWords(taken), Math.max(value.changes.removed.length, value.changes.added.length))}
              </p>
              {value.changes.removed.length + value.changes.added.length > 0 && (
                <LineDiff label={`What changes of ${namesWords(taken)}`} lines={value.changes} />
              )}
            </>
          )}
          {value.files.map((file) => (
            <FileShown key={file.name} file={file} isAlone={value.files.length === 1} />
          ))}
          {value.left.length > 0 && (
            <ul className={styles.left} aria-label="What the file does not say">
              {value.left.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
};

/** The scenario as a tool's own file: picked, seen, copied, saved; beside it what changes of the file that was imported. */
export const TakeFiles = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const taken = useImportResult();
  const [picked, setPicked] = useState<ExportTool | null>(null);
  const [isShown, setShown] = useState(false);
  const id = useId();
  const tool = picked ?? usualTool(choices.stack);
  const wanted = useMemo(
    (): WantedFiles => ({ tool, choices: asScenario(choices), since: taken?.after ?? null }),
    [tool, choices, taken],
  );
  return (
    <>
      <TakeRow name="Training file">
        <span className={styles.tool}>
          <Select label="Tool" options={TOOLS} value={tool} onChange={setPicked} />
        </span>
        <FeedbackButton size="small" act={() => copyFirst(wanted)} done="Copied">
          Copy
        </FeedbackButton>
        <FeedbackButton size="small" act={() => saveAll(wanted)} done="Saved">
          Save
        </FeedbackButton>
        <Button size="small" aria-expanded={isShown} aria-controls={id} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide" : "Show"}
        </Button>
      </TakeRow>
      {isShown && <FilesShown wanted={wanted} id={id} />}
    </>
  );
};
