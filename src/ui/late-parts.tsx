// Parts of the page that load late or hydrate late.

import {
  lazy,
  memo,
  Suspense,
  useEffect,
  useState,
  type ComponentType,
  type ReactElement,
  useSyncExternalStore,
} from "react";
import { Button } from "./Button.tsx";

/** A part of the page that is fetched when it is first shown, and the ways to fetch it before that; `ready` never rejects. */
type Late<Props> = Readonly<{ Part: ComponentType<Props>; prefetch: () => void; ready: () => Promise<unknown> }>;

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
 * page with it; why it cannot be had is said once for the page (`app/notices.tsx`). A part that is there already when it is first shown is drawn at
 * once, without the moment of nothing that `lazy` leaves.
 *
 * @param Missing what stands in the place of a part that could not be fetched
 */
export const latePart = <Props extends object>(
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

/** A hand on the page, the focus of a reader, a page that is scrolled, paper asked for, an anchor that is gone to. */
const TOUCHES = ["pointerdown", "keydown", "click", "focusin", "scroll", "beforeprint", "hashchange"] as const;

let wakeAll: () => void = () => undefined;
const woken = new Promise<void>((resolve) => {
  wakeAll = resolve;
});

/** From now on nothing waits to be seen: what stands in the page is about to change, or is drawn anew. */
export const wakeAllParts = (): void => wakeAll();

/** A page that nobody touches needs no life but where it is looked at. */
export const wakeWhenTouched = (): void => {
  if (location.hash !== "") wakeAllParts();
  for (const type of TOUCHES) addEventListener(type, wakeAllParts, { once: true, capture: true });
};

/**
 * When a part of the static page is worth bringing to life: it is in sight, or somebody has touched the page. At once where nothing is drawn.
 *
 * @param elementId of what the static page has in its place
 * @internal
 */
export const whenSeenOrTouched = (elementId: string): Promise<void> => {
  const drawn = globalThis.document?.getElementById(elementId) ?? null;
  if (drawn === null || !("IntersectionObserver" in globalThis)) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) found();
    });
    const found = (): void => {
      observer.disconnect();
      resolve();
    };
    observer.observe(drawn);
    void woken.then(found);
  });
};

const coming: Promise<unknown>[] = [];

/** When every such part is here, or cannot be had: a page drawn then is drawn whole. Those that wait to be seen wait on. */
export const allPartsReady = (): Promise<unknown> => Promise.all(coming);

/**
 * A late part that is in sight from the start: it stands in the static page, and its script is fetched as soon as the first chunk has run, so that
 * it is there by the time a link is read and pushes nothing down.
 *
 * @param drawnAs the id of what the static page has in its place, where that may be out of sight: it comes alive when it is seen, or with the first touch
 */
export const hydratedPart = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  drawnAs?: string,
): ComponentType<Props> => {
  const { Part, ready } = latePart(async () => {
    if (drawnAs !== undefined) await whenSeenOrTouched(drawnAs);
    return load();
  });
  coming.push(ready());
  return Part;
};

const never = (): (() => void) => () => undefined;

/** Whether React takes this part of the page over as the build has drawn it, and does not draw it anew. Stays as it was at first. */
export const useIsHydrating = (): boolean => {
  const now = useSyncExternalStore(
    never,
    () => false,
    () => true,
  );
  return useState(now)[0];
};
