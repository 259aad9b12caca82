import { type ReactElement, useState } from "react";
import { modelCardTable } from "#interop/badge/model-card-table.ts";
import { tableCsv } from "#interop/table-csv.ts";
import { tableMarkdown } from "#interop/table-markdown.ts";
import panel from "#panels/panel.module.css";
import { assert } from "#calc/base/assert.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { askOnce } from "#scenario/page/ask-once.ts";
import { copyLink } from "./copy-link.ts";
import { pin } from "#scenario/page/pins.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useIsFull } from "#scenario/page/use-is-full.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { ActButton } from "#ui/ActButton.tsx";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";
import { download } from "./download.ts";
import { EmbedDialog, prefetchEmbedDialog } from "./late-embed-dialog.ts";
import { pageAddress } from "./page-address.ts";
import { picturePng } from "./picture-png.ts";
import { PictureStage } from "./PictureStage.tsx";
import { TakeBadge } from "./TakeBadge.tsx";
import { TakeFiles } from "./TakeFiles.tsx";
import { TakeMeasure } from "./TakeMeasure.tsx";
import { TakeRow } from "./TakeRow.tsx";
import { takenName, takenNow } from "./taken.ts";
import styles from "./Take.module.css";
import { takeTable } from "./take-table.ts";

/** The answer that is shown at a press. */
const now = (): PageAnswer => {
  const { answer } = useScenario.getState();
  assert(answer !== null, "what is pressed is drawn with an answer");
  return answer;
};
const file = (text: string, type: string): Blob => new Blob([text], { type: `${type};charset=utf-8` });

const savePicture = async (svg: string, format: "svg" | "png"): Promise<void> =>
  download(takenName(now(), format), format === "svg" ? file(svg, "image/svg+xml") : await picturePng(svg));
const saveCsv = (): void => {
  const answer = now();
  download(takenName(answer, "csv"), file(tableCsv(takeTable(answer, takenNow(answer))), "text/csv"));
};
const saveJson = async (): Promise<void> => {
  const answer = now();
  const { issues } = useScenario.getState();
  const text = JSON.stringify(await askOnce("json", { choices: answer.choices, issues }), null, 2);
  download(takenName(answer, "json"), file(`${text}\n`, "application/json"));
};
const copyMarkdown = (): Promise<boolean> => {
  const answer = now();
  return copyText(tableMarkdown(takeTable(answer, takenNow(answer))));
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
      <ActButton size="small" act={save("svg")} done="Saved">
        SVG
      </ActButton>
      <ActButton size="small" act={save("png")} done="Saved">
        PNG, 2×
      </ActButton>
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
  const full = useIsFull();
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
      <ActButton size="small" act={copyLink} done="Copied">
        Copy link
      </ActButton>
      <EmbedButton />
    </TakeRow>
    <CompareRow />
    <PictureRow />
    <TakeBadge />
    <TakeFiles />
    <TakeMeasure />
    <TakeRow name="Table">
      <ActButton size="small" act={copyMarkdown} done="Copied">
        Copy Markdown
      </ActButton>
      <ActButton size="small" act={copyModelCard} done="Copied">
        Copy for a model card
      </ActButton>
      <ActButton size="small" act={saveCsv} done="Saved">
        CSV
      </ActButton>
      <ActButton size="small" act={saveJson} done="Saved">
        JSON
      </ActButton>
    </TakeRow>
  </div>
);
