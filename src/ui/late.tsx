import { lazy, memo, Suspense, useEffect, useState, type ComponentType, type ReactElement } from "react";
import { Button } from "./Button.tsx";

/** A part of the page that is fetched when it is first shown, and the ways to fetch it before that; `ready` never rejects. */
export type Late<Props> = Readonly<{ Part: ComponentType<Props>; prefetch: () => void; ready: () => Promise<unknown> }>;

type Again = Readonly<{
  /** Fetches the part once more, and shows it. */
  again: () => void;
}>;

const NotLoaded = ({ again }: Again): ReactElement => (
  <p>
    This part could not be loaded.{" "}
    <Button kind="link" onClick={again}>
      Try again
    </Button>
  </p>
);

const NEVER = new Promise<never>(() => undefined);

/**
 * Keeps a part out of the first chunk. A chunk that cannot be fetched becomes a sentence in the part's place, not an exception that takes the
 * page with it; why it cannot be had is said once for the page (`app/GoneNotice.tsx`). A part that is there already when it is first shown is drawn at
 * once, without the moment of nothing that `lazy` leaves.
 *
 * @param Missing what stands in the place of a part that could not be fetched
 */
export const late = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Missing: ComponentType<Props & Again> = NotLoaded,
): Late<Props> => {
  let loaded: ComponentType<Props> | null = null;
  /** null: it cannot be had. */
  const fetchPart = (): Promise<ComponentType<Props> | null> =>
    load().then(
      (Part) => (loaded = Part),
      () => null,
    );
  const Placed = (props: Props): ReactElement => {
    // What the browser has already it does not fetch again.
    const [fetched] = useState(fetchPart);
    const [Shown, setShown] = useState<ComponentType<Props> | null>(
      () => loaded ?? lazy(() => fetched.then((Part) => (Part ? { default: Part } : NEVER))),
    );
    useEffect(() => {
      // Outside Suspense: other words in the place of what is drawn would be a mismatch to React, and an exception.
      void fetched.then((Part) => Part ?? setShown(null));
    }, [fetched]);
    const again = (): void => void fetchPart().then(() => setShown(() => loaded));
    return Shown === null ? (
      <Missing {...props} again={again} />
    ) : (
      <Suspense fallback={null}>
        <Shown {...props} />
      </Suspense>
    );
  };
  // Drawn anew by what is around it, a part of the static page whose code is not here yet would vanish.
  const Part = memo(Placed) as ComponentType<Props>;
  return { Part, prefetch: () => void fetchPart(), ready: fetchPart };
};
