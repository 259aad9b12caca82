import { useState, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { late } from "#ui/late.tsx";
import styles from "./ModelSource.module.css";

/** What the two links are told by the control that they stand under. */
export type ModelSourceProps = Readonly<{
  /** A file that was dropped on the control and not read yet. */
  dropped: File | null;
  onTaken: () => void;
}>;

const paste = late<Readonly<{ dropped: File | null }>>(async () => (await import("./PasteConfig.tsx")).PasteConfig);
const hub = late(async () => (await import("./HubConfig.tsx")).HubConfig);

/** Two ways to bring a model that is not in the catalog; each opens under its link. */
export const ModelSource = ({ dropped, onTaken }: ModelSourceProps): ReactElement => {
  const [chosen, setChosen] = useState<"paste" | "hub" | null>(null);
  const open = dropped === null ? chosen : "paste";
  const toggle = (source: "paste" | "hub"): void => {
    onTaken();
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
      {open === "paste" ? <paste.Part key={dropped?.name ?? ""} dropped={dropped} /> : null}
      {open === "hub" ? <hub.Part /> : null}
    </>
  );
};
