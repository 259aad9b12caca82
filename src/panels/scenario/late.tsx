import { lazy, Suspense, type ComponentType, type ReactElement } from "react";

/** A part of the page that is fetched when it is first shown, and the way to fetch it before that. */
export type Late<Props> = Readonly<{ Part: ComponentType<Props>; prefetch: () => void }>;

const NotLoaded = (): ReactElement => (
  <p role="alert">This part could not be loaded. Check the connection and reload the page.</p>
);

/**
 * Keeps a part out of the first chunk. A chunk that cannot be fetched becomes a sentence in the part's place, not an exception that takes the
 * page with it.
 */
export const late = <Props extends object>(load: () => Promise<ComponentType<Props>>): Late<Props> => {
  const Lazy = lazy(async () => ({ default: await load().catch((): ComponentType<Props> => NotLoaded) }));
  return {
    Part: (props: Props) => (
      <Suspense fallback={null}>
        <Lazy {...props} />
      </Suspense>
    ),
    prefetch: () => void load().catch(() => undefined),
  };
};
