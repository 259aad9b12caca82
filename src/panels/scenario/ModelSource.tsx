import { useEffect, useState, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { late } from "#ui/late.tsx";
import { type AskedSource, sourceOpened, useAskedSource } from "./asked-source.ts";
import styles from "./ModelSource.module.css";

/** What the two links are told by the control that they stand under. */
export type ModelSourceProps = Readonly<{
  /** A file that was dropped on the control and not read yet. */
  dropped: File | null;
  onTaken: () => void;
}>;

/** What is told to the one that opens: whether it was asked for from the list of models, and what was typed there. */
type Opened = Readonly<{ asked: AskedSource | null }>;

const paste = late<Opened & Readonly<{ dropped: File | null }>>(
  async () => (await import("./PasteConfig.tsx")).PasteConfig,
);
const hub = late<Opened>(async () => (await import("./HubConfig.tsx")).HubConfig);

/** Two ways to bring a model that is not in the catalog; each opens under its link. */
export const ModelSource = ({ dropped, onTaken }: ModelSourceProps): ReactElement => {
  const [chosen, setChosen] = useState<"paste" | "hub" | null>(null);
  const [asked, setAsked] = useState<AskedSource | null>(null);
  const wanted = useAskedSource();
  if (wanted !== null && wanted !== asked) {
    setAsked(wanted);
    setChosen(wanted.of);
  }
  useEffect(() => {
    if (wanted !== null) sourceOpened();
  }, [wanted]);
  const open = dropped === null ? chosen : "paste";
  const toggle = (source: "paste" | "hub"): void => {
    onTaken();
    setAsked(null);
    setChosen(open === source ? null : source);
  };
  return (
    <>
      <div className={styles.links}>
        <Button
          kind="link"
          aria-expanded={open === "paste"}
          onPointerEnter={paste.prefetch}
          onClick={() => toggle("paste")}
        >
          Paste config.json
        </Button>
        <Button kind="link" aria-expanded={open === "hub"} onPointerEnter={hub.prefetch} onClick={() => toggle("hub")}>
          From Hugging Face
        </Button>
      </div>
      {open === "paste" ? <paste.Part key={`${dropped?.name} ${asked?.of}`} dropped={dropped} asked={asked} /> : null}
      {open === "hub" ? <hub.Part key={asked?.typed} asked={asked} /> : null}
    </>
  );
};
