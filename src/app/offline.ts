import { scriptAddress } from "#service/script-address.ts";

const register = (): void => {
  try {
    void navigator.serviceWorker.register(scriptAddress("./sw.js")).catch(() => undefined);
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
