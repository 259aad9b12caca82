// Dialog that builds the line for embedding the scenario in a page or a notebook, with a preview.

import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { PANEL_IDS } from "#scenario/keys/values.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { Chips } from "#ui/Chips.tsx";
import { copyText } from "#ui/FeedbackButton.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { useModal } from "#ui/Dialog.tsx";
import styles from "./EmbedDialog.module.css";

/** The two ways to put the calculator on a page: a frame, which works everywhere, or the element, which fits its own height. */
const EMBED_KINDS = ["iframe", "element"] as const;
type EmbedKind = (typeof EMBED_KINDS)[number];

/** How the embed is to look and what may be changed in it. */
type EmbedLooks = Pick<Choices, "theme" | "only" | "lock">;

/** As high as the usual embed is on a page 640 px wide. */
const HEIGHT = 420;

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The link of the embed, from its `?` on: the scenario of these choices with these looks. */
export const embedLink = (choices: Choices, looks: EmbedLooks): string =>
  encodeLink({ ...choices, ...looks, hide: [], embed: true });

const element = (link: string, address: string): string => {
  const attributes = [...new URLSearchParams(link)]
    .filter(([key]) => key !== "v" && key !== "embed")
    .map(([key, text]) => ` ${key}="${attribute(text)}"`);
  return [
    `<script src="${attribute(new URL("embed.js", address).href)}" defer></script>`,
    `<headroom-calculator${attributes.join("")}></headroom-calculator>`,
  ].join("\n");
};

const iframe = (link: string, address: string): string =>
  [
    `<iframe src="${attribute(new URL(link, address).href)}"`,
    `title="GPU memory calculator" width="100%" height="${HEIGHT}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`,
  ].join(" ");

/**
 * What a docs author pastes.
 *
 * @param address of the calculator's folder, ending in a slash
 */
export const embedLine = (kind: EmbedKind, link: string, address: string): string =>
  kind === "iframe" ? iframe(link, address) : element(link, address);

const KIND_NAMES: Readonly<Record<EmbedKind, string>> = { iframe: "Frame", element: "Element" };
const THEMES = [
  { value: "auto", label: "As the reader's" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const PANEL_NAMES: Readonly<Record<(typeof PANEL_IDS)[number], string>> = {
  verdict: "Verdict",
  cards: "Cards",
  bars: "Bars",
  table: "Table",
  moments: "Moments",
  changes: "What to change",
  fits: "What fits where",
  sweep: "Sweep",
  computed: "How it is computed",
  guide: "Guidance",
  take: "Take with you",
};
/** What an embed shows where its link says nothing. */
const USUAL_PANELS: readonly string[] = ["cards", "bars"];

const CONTROL_NAMES = { model: "Model", gpu: "GPU", batch: "Batch", seq: "Sequence", method: "Method" } as const;

const isUsual = (panels: readonly string[]): boolean => panels.join() === USUAL_PANELS.join();

/** The embed as its reader will see it, as high as it says it is. */
const Preview = ({ link }: Readonly<{ link: string }>): ReactElement => {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const hear = ({ source, data }: MessageEvent<unknown>): void => {
      const { type, height } = (data ?? {}) as Readonly<{ type?: unknown; height?: unknown }>;
      if (source !== frame.current?.contentWindow || type !== "headroom:height") return;
      if (frame.current !== null) frame.current.style.height = `${Number(height)}px`;
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  return <iframe ref={frame} key={link} className={styles.preview} src={link} title="The embed as it will look" />;
};

const Line = ({ line }: Readonly<{ line: string }>): ReactElement => {
  const id = useId();
  const [said, setSaid] = useState("Copy");
  const copy = async (): Promise<void> => setSaid((await copyText(line)) ? "Copied" : "Select and copy");
  return (
    <div className={styles.line}>
      <label htmlFor={id}>Paste this into your page</label>
      <textarea id={id} readOnly rows={4} spellCheck={false} value={line} onFocus={({ target }) => target.select()} />
      <Button kind="primary" onClick={() => void copy()}>
        <span aria-live="polite">{said}</span>
      </Button>
    </div>
  );
};

const useLooks = (): readonly [EmbedLooks, (looks: Partial<EmbedLooks>) => void] => {
  const [looks, setLooks] = useState<EmbedLooks>({ theme: "auto", only: USUAL_PANELS, lock: [] });
  return [looks, (next) => setLooks({ ...looks, ...next })];
};

const Options = ({
  looks,
  onChange,
}: Readonly<{ looks: EmbedLooks; onChange: (looks: Partial<EmbedLooks>) => void }>): ReactElement => (
  <>
    <Segmented<Choices["theme"]>
      label="Theme"
      options={THEMES}
      value={looks.theme}
      onChange={(theme) => onChange({ theme })}
    />
    <Chips
      label="Shown"
      choose="many"
      options={PANEL_IDS.map((value) => ({ value: value as string, label: PANEL_NAMES[value] }))}
      selected={looks.only}
      onChange={(only) => onChange({ only })}
    />
    <Chips
      label="Locked"
      hint="The reader sees these and cannot change them."
      choose="many"
      options={Object.entries(CONTROL_NAMES).map(([value, label]) => ({ value, label }))}
      selected={looks.lock}
      onChange={(lock) => onChange({ lock })}
    />
  </>
);

/** Builds the line that puts this scenario on another page, and shows what that will look like. */
export const EmbedDialog = ({ onClose }: Readonly<{ onClose: () => void }>): ReactElement => {
  const { dialog, close, listeners } = useModal(onClose);
  const titleId = useId();
  const choices = useScenario((state) => state.choices);
  const [kind, setKind] = useState<EmbedKind>("iframe");
  const [looks, change] = useLooks();
  const link = embedLink(choices, { ...looks, only: isUsual(looks.only) ? [] : looks.only });
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} {...listeners}>
      <div className={styles.head}>
        <h2 id={titleId}>Embed in a page</h2>
        <Button kind="quiet" onClick={close}>
          Close
        </Button>
      </div>
      <Segmented
        label="As"
        options={EMBED_KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))}
        value={kind}
        onChange={setKind}
        hint={
          kind === "iframe"
            ? "Works on every page that takes HTML."
            : "Fits its own height, and can be changed by attributes. Needs a page that takes scripts."
        }
      />
      <Options looks={looks} onChange={change} />
      <Line key={kind + link} line={embedLine(kind, link, new URL("./", location.href).href)} />
      <Preview link={link} />
    </dialog>
  );
};
