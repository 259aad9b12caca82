import { type ReactElement, useLayoutEffect, useRef } from "react";
import { atWorst } from "#panels/answer/at-worst.ts";
import { barsData } from "#panels/answer/bars-data.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { standaloneSvg } from "./standalone-svg.ts";
import { takenNow, takenScenario } from "./taken.ts";
import { TakenPicture } from "./TakenPicture.tsx";
import styles from "./Take.module.css";

/** Draws the picture out of sight, since style sheets hold nowhere but in the page, and hands it over as a file's text. */
export const PictureStage = ({ onDrawn }: Readonly<{ onDrawn: (svg: string) => void }>): ReactElement => {
  const stage = useRef<HTMLDivElement>(null);
  const answer = useAnswer();
  const gpus = useScenario((state) => state.catalog.gpus);
  useLayoutEffect(() => {
    const drawing = stage.current?.querySelector("svg");
    if (drawing) onDrawn(standaloneSvg(drawing));
  });
  return (
    <div ref={stage} className={styles.stage} aria-hidden="true">
      <TakenPicture title={takenScenario(answer)} data={barsData(atWorst(answer), gpus)} taken={takenNow(answer)} />
    </div>
  );
};
