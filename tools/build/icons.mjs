/**
 * @typedef {Readonly<{ file: string, size: number, share: number, ground: string }>} Icon
 * `share`: how much of the side the drawing takes; the rest is `ground` around it.
 */

/** Icons without a ground show what is under them. */
const NONE = "transparent";

/**
 * The pictures that are made of icon.svg for those who take no SVG. iOS cuts its corners and paints what is transparent black; a maskable icon is cut to
 * any shape that holds a circle of four fifths of its side, in which a square of half the side fits.
 *
 * @see https://w3c.github.io/manifest/#icon-masks
 * @type {readonly Icon[]}
 */
export const ICONS = [
  { file: "icon-192.png", size: 192, share: 0.75, ground: "white" },
  { file: "icon-512.png", size: 512, share: 0.75, ground: "white" },
  { file: "icon-maskable.png", size: 512, share: 0.5, ground: "white" },
  { file: "apple-touch-icon.png", size: 180, share: 0.65, ground: "white" },
];

/** The side of the picture in favicon.ico. */
export const FAVICON_SIZE = 48;

/**
 * @param {import("@playwright/test").Browser} browser
 * @param {string} svg
 * @param {Omit<Icon, "file">} icon
 */
export const drawIcon = async (browser, svg, { size, share, ground }) => {
  const page = await browser.newPage({ viewport: { width: size, height: size }, colorScheme: "light" });
  const side = Math.round(size * share);
  const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}"><img src="${address}" width="${side}" height="${side}">`,
  );
  await page.locator("img").evaluate((/** @type {HTMLImageElement} */ image) => image.decode());
  const picture = await page.screenshot({ type: "png", omitBackground: ground === NONE });
  await page.close();
  return picture;
};

/**
 * A PNG as the one picture of an ICO file.
 *
 * @see https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10)
 * @param {Buffer} png
 * @param {number} size its side, below 256
 */
export const asIco = (png, size) => {
  const head = Buffer.alloc(22);
  // Its kind (an icon), and how many pictures there are.
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.writeUInt8(size, 6);
  head.writeUInt8(size, 7);
  // One plane of 32 bits, how long the picture is, and where it begins.
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(32, 12);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
};
