// Export rows: measuring script, picture, link, embed and tables.

import { type ReactElement, useState } from "react";
import { askOnce } from "#scenario/page/questions.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { QuestionInput } from "#service/questions.ts";
import type { MeasuredText } from "#interop/measure/measured-scenario.ts";
import { FeedbackButton, copyText } from "#ui/FeedbackButton.tsx";
import { asScenario } from "#scenario/choices/settle.ts";
import {
  downloadFile,
  type Provenance,
  scenarioWithGpu,
  copyLink,
  pageAddress,
  downloadFileName,
  provenanceOf,
} from "./page-link.ts";
import styles from "./Take.module.css";
import { TakeRow, TakeBadge, TakeFiles } from "./TakeBadge.tsx";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { type MemoryTable, tableCsv, tableMarkdown } from "#interop/memory-table.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { modelCardTable } from "#interop/model-card-table.ts";
import panel from "#panels/panel.module.css";
import { assert } from "#calc/base/guards.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { useArePinsFull } from "#scenario/page/actions.ts";
import { pin } from "#scenario/page/comparison.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { EmbedDialog, prefetchEmbedDialog } from "./late-embed-dialog.ts";
import { PictureStage } from "./PictureStage.tsx";

/** Dots for each px of the drawing: sharp on today's screens and in print. */
const SCALE = 2;

const loaded = (address: string): Promise<HTMLImageElement> =>
  new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener("load", () => resolve(image));
    image.addEventListener("error", () => reject(new Error("The picture could not be drawn.")));
    image.src = address;
  });

/** An SVG file drawn as PNG, two dots a px. Rejects where the browser cannot. */
const picturePng = async (svg: string): Promise<Blob> => {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = await loaded(address);
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (png === null) throw new Error("The picture could not be drawn.");
    return png;
  } finally {
    URL.revokeObjectURL(address);
  }
};

type Wanted = QuestionInput<"measure">;

/** Why there is no script, and of which choices that is said. */
type Refused = Readonly<{ choices: Wanted["choices"]; sentences: readonly string[] }>;

const save = ({ name }: MeasuredText, text: string): void =>
  downloadFile(name, new Blob([text], { type: "text/plain;charset=utf-8" }));

/** A script that measures the scenario on the user's own GPU, or a callback for a run of their own; what the script cannot do is said when it is asked for. */
export const TakeMeasure = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const [refused, setRefused] = useState<Refused | null>(null);
  const taken =
    (as: Wanted["as"], take: (program: MeasuredText, text: string) => unknown) => async (): Promise<unknown> => {
      const program = await askOnce("measure", { choices: asScenario(choices), as });
      setRefused({ choices, sentences: program.refused });
      return program.text === null ? "Cannot be measured" : take(program, program.text);
    };
  const copied = (as: Wanted["as"]): (() => Promise<unknown>) => taken(as, (_, text) => copyText(text));
  return (
    <>
      <TakeRow name="Measure">
        <FeedbackButton size="small" act={copied("script")} done="Copied">
          Copy script
        </FeedbackButton>
        <FeedbackButton size="small" act={taken("script", save)} done="Saved">
          Save measure.py
        </FeedbackButton>
        <FeedbackButton size="small" act={copied("callback")} done="Copied">
          Copy callback
        </FeedbackButton>
      </TakeRow>
      <div className={styles.under}>
        <p>Three steps on your own GPU print one line, which you can paste here.</p>
        <div aria-live="polite">
          {refused !== null && refused.choices === choices && refused.sentences.length > 0 && (
            <ul className={styles.left} aria-label="What the script cannot do">
              {refused.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </>
  );
};

/** The same series that the bars are drawn from: each term of each method, what it needs on the card, what is allocated and what is to spare. */
export const takeTable = (answer: Answer, { link, date }: Provenance): MemoryTable => {
  const row = (label: string, bytesOf: (one: MethodAnswer) => number) => ({
    label,
    bytes: answer.methods.map(bytesOf),
  });
  return {
    scenario: scenarioWithGpu(answer),
    link,
    date,
    methods: answer.methods.map(({ method }) => METHOD_NAMES[method].label),
    rows: [
      ...TERM_IDS.map((id) =>
        row(TERM_STYLE[id].label, ({ estimate }) => estimate.terms.find((term) => term.id === id)?.bytes ?? 0),
      ),
      row("Needed on the card", ({ estimate }) => estimate.onCardBytes),
      row("Allocated", ({ estimate }) => estimate.peakBytes),
      row("To spare", ({ card }) => card.headroomBytes),
    ],
  };
};

/** The answer that is shown at a press. */
const now = (): PageAnswer => {
  const { answer } = useScenario.getState();
  assert(answer !== null, "what is pressed is drawn with an answer");
  return answer;
};
const file = (text: string, type: string): Blob => new Blob([text], { type: `${type};charset=utf-8` });

const savePicture = async (svg: string, format: "svg" | "png"): Promise<void> =>
  downloadFile(downloadFileName(now(), format), format === "svg" ? file(svg, "image/svg+xml") : await picturePng(svg));
const saveCsv = (): void => {
  const answer = now();
  downloadFile(downloadFileName(answer, "csv"), file(tableCsv(takeTable(answer, provenanceOf(answer))), "text/csv"));
};
const saveJson = async (): Promise<void> => {
  const answer = now();
  const { issues } = useScenario.getState();
  const text = JSON.stringify(await askOnce("json", { choices: answer.choices, issues }), null, 2);
  downloadFile(downloadFileName(answer, "json"), file(`${text}\n`, "application/json"));
};
const copyMarkdown = (): Promise<boolean> => {
  const answer = now();
  return copyText(tableMarkdown(takeTable(answer, provenanceOf(answer))));
};

const copyModelCard = async (): Promise<boolean> => {
  const scenario = now();
  const rows = await askOnce("smallestRuns", { choices: scenario.choices, methods: METHODS });
  return copyText(modelCardTable(rows, { scenario, page: pageAddress() }));
};

type Order = Readonly<{ format: "svg" | "png"; take: (svg: string) => void }>;

/** Pictures are drawn when they are asked for. */
const PictureRow = (): ReactElement => {
  const [order, setOrder] = useState<Order | null>(null);
  const save = (format: Order["format"]) => async (): Promise<void> => {
    const svg = await new Promise<string>((take) => setOrder({ format, take }));
    setOrder(null);
    await savePicture(svg, format);
  };
  return (
    <TakeRow name="Picture">
      <FeedbackButton size="small" act={save("svg")} done="Saved">
        SVG
      </FeedbackButton>
      <FeedbackButton size="small" act={save("png")} done="Saved">
        PNG, 2×
      </FeedbackButton>
      {order !== null && <PictureStage onDrawn={order.take} />}
    </TakeRow>
  );
};

const EmbedButton = (): ReactElement => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        aria-haspopup="dialog"
        onPointerEnter={prefetchEmbedDialog}
        onFocus={prefetchEmbedDialog}
        onClick={() => setOpen(true)}
      >
        Embed in a page
      </Button>
      {open && <EmbedDialog onClose={() => setOpen(false)} />}
    </>
  );
};

const CompareRow = (): ReactElement => {
  const full = useArePinsFull();
  return (
    <TakeRow name="Compare">
      <Button size="small" disabled={full} title={full ? "Four scenarios are all that fit" : undefined} onClick={pin}>
        Keep this scenario beside the next one
      </Button>
    </TakeRow>
  );
};

/** The ways out of the page: link, embed, picture and table, all of the scenario that is shown. */
export const TakeRows = (): ReactElement => (
  <div className={`${panel.panel} ${styles.take}`}>
    <h2 className={panel.title}>Take it with you</h2>
    <TakeRow name="Link">
      <FeedbackButton size="small" act={copyLink} done="Copied">
        Copy link
      </FeedbackButton>
      <EmbedButton />
    </TakeRow>
    <CompareRow />
    <PictureRow />
    <TakeBadge />
    <TakeFiles />
    <TakeMeasure />
    <TakeRow name="Table">
      <FeedbackButton size="small" act={copyMarkdown} done="Copied">
        Copy Markdown
      </FeedbackButton>
      <FeedbackButton size="small" act={copyModelCard} done="Copied">
        Copy for a model card
      </FeedbackButton>
      <FeedbackButton size="small" act={saveCsv} done="Saved">
        CSV
      </FeedbackButton>
      <FeedbackButton size="small" act={saveJson} done="Saved">
        JSON
      </FeedbackButton>
    </TakeRow>
  </div>
);
