/**
 * Builds the studio into `dist/`: the script, its parts that are loaded on demand, the style sheet and the fonts, each
 * named after its own content, and an `index.html` that names them. `dist/.gitignore` is left alone: it is what keeps
 * the folder in the repository, so that the Rust side compiles before this has ever run.
 */
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".gitignore") await rm(join(dist, name), { recursive: true });
}

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { studio: "src/main.tsx" },
  outdir: dist,
  entryNames: "assets/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  chunkNames: "assets/[name]-[hash]",
  splitting: true,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  charset: "utf8",
  target: ["chrome115", "firefox115", "safari16.4"],
  loader: { ".woff2": "file" },
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  legalComments: "linked",
  logLevel: "warning",
});

const outputs = Object.keys(metafile.outputs).map((path) => relative(dist, join(here, path)));
const named = (suffix) => outputs.find((path) => path.startsWith("assets/studio-") && path.endsWith(suffix));
const page = (await readFile(join(here, "index.html"), "utf8"))
  .replace("{{script}}", `/${named(".js")}`)
  .replace("{{style}}", `/${named(".css")}`);
await writeFile(join(dist, "index.html"), page);
await copyFile(join(here, "src/icon.svg"), join(dist, "icon.svg"));

// The fonts' licence asks to travel with them.
for (const font of ["figtree", "bricolage-grotesque"]) {
  await copyFile(join(here, `node_modules/@fontsource-variable/${font}/LICENSE`), join(dist, `assets/${font}.LICENSE.txt`));
}
