import { type ReactElement, type ReactNode, useState } from "react";
import { tableCsv } from "#interop/table-csv.ts";
import { tableMarkdown } from "#interop/table-markdown.ts";
import panel from "#panels/panel.module.css";
import { assert } from "#calc/base/assert.ts";
import { askOnce } from "#scenario/page/ask-once.ts";
import { pageLink } from "#scenario/page/page-link.ts";
import { MOST_PINNED, pin } from "#scenario/page/pins.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";
import { download } from "./download.ts";
import { EmbedDialog, prefetchEmbedDialog } from "./late-embed-dialog.ts";
import { picturePng } from "./picture-png.ts";
import { PictureStage } from "./PictureStage.tsx";
import { takenName, takenNow } from "./taken.ts";
import styles from "./Take.module.css";
import { takeTable } from "./take-table.ts";

const SAID_MILLISECONDS = 2000;

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
const copyLink = (): Promise<boolean> => copyText(new URL(pageLink(useScenario.getState()), location.href).href);

/** A button that says for a moment how it went. */
const Act = ({
  children,
  done,
  act,
}: Readonly<{ children: string; done: string; act: () => unknown }>): ReactElement => {
  const [said, setSaid] = useState<string | null>(null);
  const press = async (): Promise<void> => {
    const went = await Promise.resolve()
      .then(act)
      .catch(() => false);
    setSaid(went === false ? "The browser refused" : done);
    setTimeout(() => setSaid(null), SAID_MILLISECONDS);
  };
  return (
    <Button size="small" onClick={() => void press()}>
      <span aria-live="polite">{said ?? children}</span>
    </Button>
  );
};

const Row = ({ name, children }: Readonly<{ name: string; children: ReactNode }>): ReactElement => (
  <fieldset className={styles.row}>
    <legend>{name}</legend>
    {children}
  </fieldset>
);

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
    <Row name="Picture">
      <Act act={save("svg")} done="Saved">
        SVG
      </Act>
      <Act act={save("png")} done="Saved">
        PNG, 2×
      </Act>
      {order !== null && <PictureStage onDrawn={order.take} />}
    </Row>
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
  const full = useScenario(({ pinned }) => pinned.length >= MOST_PINNED);
  return (
    <Row name="Compare">
      <Button size="small" disabled={full} title={full ? "Four scenarios are all that fit" : undefined} onClick={pin}>
        Keep this scenario beside the next one
      </Button>
    </Row>
  );
};

/** The ways out of the page: link, embed, picture and table, all of the scenario that is shown. */
export const TakeRows = (): ReactElement => (
  <div className={`${panel.panel} ${styles.take}`}>
    <h2 className={panel.title}>Take it with you</h2>
    <Row name="Link">
      <Act act={copyLink} done="Copied">
        Copy link
      </Act>
      <EmbedButton />
    </Row>
    <CompareRow />
    <PictureRow />
    <Row name="Table">
      <Act act={copyMarkdown} done="Copied">
        Copy Markdown
      </Act>
      <Act act={saveCsv} done="Saved">
        CSV
      </Act>
      <Act act={saveJson} done="Saved">
        JSON
      </Act>
    </Row>
  </div>
);
