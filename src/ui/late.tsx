import { lazy, memo, Suspense, useState, type ComponentType, type ReactElement } from "react";

/** A part of the page that is fetched when it is first shown, and the ways to fetch it before that; `ready` never rejects. */
export type Late<Props> = Readonly<{ Part: ComponentType<Props>; prefetch: () => void; ready: () => Promise<unknown> }>;

const NotLoaded = (): ReactElement => (
  <p role="alert">This part could not be loaded. Check the connection and reload the page.</p>
);

/**
 * Keeps a part out of the first chunk. A chunk that cannot be fetched becomes a sentence in the part's place, not an exception that takes the
 * page with it. A part that is there already when it is first shown is drawn at once, without the moment of nothing that `lazy` leaves.
 */
export const late = <Props extends object>(load: () => Promise<ComponentType<Props>>): Late<Props> => {
  let loaded: ComponentType<Props> | null = null;
  const fetchPart = async (): Promise<ComponentType<Props>> => (loaded = await load());
  const Lazy = lazy(async () => ({ default: await fetchPart().catch((): ComponentType<Props> => NotLoaded) }));
  const Placed = (props: Props): ReactElement => {
    const [Shown] = useState(() => loaded ?? Lazy);
    return (
      <Suspense fallback={null}>
        <Shown {...props} />
      </Suspense>
    );
  };
  // Drawn anew by what is around it, a part of the static page whose code is not here yet would vanish.
  const Part = memo(Placed) as ComponentType<Props>;
  const ready = (): Promise<unknown> => fetchPart().catch(() => undefined);
  return { Part, prefetch: () => void ready(), ready };
};
