/** A URL that `require-trusted-types-for 'script'` lets through; a plain string where the browser knows no trusted types. */
const trustedScriptUrl = (url: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicies };
  if (trustedTypes === undefined) return url;
  return trustedTypes.createPolicy("headroom-offline", { createScriptURL: () => url }).createScriptURL(url) as string;
};

type TrustedTypePolicies = Readonly<{
  createPolicy: (
    name: string,
    rules: { createScriptURL: () => string },
  ) => { createScriptURL: (url: string) => unknown };
}>;

const register = (): void => {
  try {
    void navigator.serviceWorker.register(trustedScriptUrl("./sw.js")).catch(() => undefined);
  } catch {
    // a sandboxed frame without storage has no service workers
  }
};

/**
 * Keeps the built page for use without a network, once all of it is loaded; does nothing in development and where frames may not (storage
 * blocked).
 */
export const registerServiceWorker = (): void => {
  if (!import.meta.env.PROD) return;
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
};
