/**
 * Outside of its base a page finds nothing, as on a host that other pages share. Vite alone would lead from `/` to the base.
 *
 * @param {string} base
 * @returns {import("vite").Plugin}
 */
const nothingOutside = (base) => ({
  name: "nothing-outside",
  configurePreviewServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      if (request.url?.startsWith(base)) next();
      else response.writeHead(404).end();
    });
  },
});

/**
 * Serves a folder of files as a static host does, with Vite's preview server: right types, gzip, nothing else.
 *
 * @param {Readonly<{ folder: string, base?: string, host?: string, port?: number, open?: boolean }>} options `base`: the path that the folder stands
 * under, `/` by default; `port` 0 (the default) is any free one, and a taken one is replaced by the next free one; `open` false: other
 * origins may not read the files
 * @returns {Promise<Readonly<{ port: number, close: () => Promise<void> }>>}
 */
export const serveFolder = async ({ folder, base = "/", host = "127.0.0.1", port = 0, open = true }) => {
  // Where nothing is installed yet, a program that serves installs it first.
  const { preview } = await import("vite");
  const server = await preview({
    configFile: false,
    plugins: [nothingOutside(base)],
    logLevel: "error",
    // No page of one folder is the answer to other paths.
    appType: "mpa",
    base,
    build: { outDir: folder },
    preview: {
      host,
      port,
      strictPort: false,
      // The files are public, by whatever name the host is called.
      allowedHosts: true,
      // As public static hosts say: a sandboxed frame has no origin of its own and may load modules only where everybody may.
      cors: open,
      // Ask again each time: the address is the same after a rebuild.
      headers: { "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff" },
    },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { port: address.port, close: () => server.close() };
};
