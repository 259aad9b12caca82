import { createServer } from "node:http";

/** A site that is not the calculator's, and whose one page a test writes. */
export type OtherSite = Readonly<{
  url: string;
  /** Puts this into the body of the page, from its next request on. */
  show: (body: string) => void;
  close: () => void;
}>;

/**
 * Serves one page of somebody else's, on another site than the calculator: 127.0.0.1 is not localhost.
 *
 * @param script runs in the page before anything of its body
 */
export const serveOtherSite = async (script = ""): Promise<OtherSite> => {
  let page = "";
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    show: (body) => {
      page = `<!doctype html><html lang="en"><title>Another site</title><link rel="icon" href="data:,"><script>${script}</script><body>${body}`;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
