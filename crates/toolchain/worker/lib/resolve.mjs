/**
 * Which import leads where.
 *
 * Invariant: an import written in a source tree ends inside that tree or in one of the packages listed here;
 * everything else is refused with a sentence. The packages themselves are ours and resolve as usual.
 */
import path from 'node:path';

/** The namespace of files that exist only in the request. */
export const TREE = 'tree';
/** The address at which an app's own bindings are served; the bundle imports it at run time. */
export const BINDINGS = '/backend.did.js';
const OWN_FOLDER = 'frontend/src/';
const EXTENSIONS = ['', '.tsx', '.ts', '.jsx', '.js', '.mjs', '.json', '.css'];
/** TypeScript lets `./x.js` name a file that is `./x.ts`. */
const REWRITTEN = { '.js': ['.ts', '.tsx'], '.jsx': ['.tsx'], '.mjs': ['.mts'] };
const SCRIPT_PACKAGES = [/^react(\/.+)?$/, /^react-dom(\/.+)?$/, /^@icp-sdk\/core\/.+$/, /^@autograph\/kit(\/.+)?$/];
const STYLE_PACKAGES = [/^tailwindcss(\/[a-z]+(\.css)?)?$/, /^@autograph\/kit(\/.+)?$/];
const AVAILABLE =
  'pages may import files of the source tree, react, react-dom, @icp-sdk/core/…, @autograph/kit and @app/backend';

/** The plugin that answers esbuild's resolutions for `files`, a map of path to text or bytes. */
export function confinedResolution({ files, kit, modules }) {
  return {
    name: 'confined-resolution',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => {
        if (args.pluginData?.own) return undefined;
        if (args.path === '@app/backend') return { path: BINDINGS, external: true };
        if (/^@autograph\/kit(\/|$)/.test(args.path)) return ownPackage(build, args, kit, modules);
        if (args.kind === 'entry-point') return { path: args.path, namespace: TREE };
        return args.namespace === TREE ? fromTree(build, args, files, modules) : undefined;
      });
    },
  };
}

function fromTree(build, args, files, modules) {
  const style = args.kind === 'import-rule' || args.kind === 'url-token';
  if (args.kind === 'url-token' && /^(data:|#)/.test(args.path)) return { path: args.path, external: true };
  if (args.path.startsWith('/')) return absolute(args, files);
  if (/^[a-z][a-z0-9+.-]*:/i.test(args.path)) return refuse(args.path, `an address is not a source; ${AVAILABLE}`);
  if (/(^|\/)node_modules(\/|$)/.test(args.path)) return refuse(args.path, `node_modules is not part of a source tree; ${AVAILABLE}`);
  if (/^\.{1,2}(\/|$)/.test(args.path)) return relative(args, files);
  if (args.path.startsWith('@/')) return inTree(args.path, OWN_FOLDER + args.path.slice(2), files);
  const packages = style ? [...STYLE_PACKAGES, ...SCRIPT_PACKAGES] : SCRIPT_PACKAGES;
  if (packages.some((allowed) => allowed.test(args.path))) return packaged(build, args, modules);
  // In a style sheet, a path without a dot in front is relative too.
  if (style) return relative({ ...args, path: `./${args.path}` }, files);
  return refuse(args.path, AVAILABLE);
}

/** `/logo.svg` in a style sheet names a file of `frontend/public`, which is served under that very address. */
function absolute(args, files) {
  const served = args.kind === 'url-token' && `frontend/public${args.path.split(/[?#]/)[0]}` in files;
  return served ? { path: args.path, external: true } : refuse(args.path, `an absolute path is not a source; ${AVAILABLE}`);
}

function relative(args, files) {
  const target = path.posix.join(path.posix.dirname(args.importer), args.path.split(/[?#]/)[0]);
  if (target.startsWith('..')) return refuse(args.path, 'it leaves the source tree');
  return inTree(args.path, target, files);
}

function inTree(written, target, files) {
  const found = candidates(path.posix.normalize(target)).find((candidate) => Object.hasOwn(files, candidate));
  return found ? { path: found, namespace: TREE } : refuse(written, `the source tree has no file ${target}`);
}

function candidates(target) {
  const extension = path.posix.extname(target);
  const stem = target.slice(0, target.length - extension.length);
  return [
    ...EXTENSIONS.map((ending) => target + ending),
    ...(REWRITTEN[extension] ?? []).map((ending) => stem + ending),
    ...EXTENSIONS.slice(1, -2).map((ending) => `${target}/index${ending}`),
  ];
}

async function packaged(build, args, modules) {
  const found = await build.resolve(args.path, { kind: args.kind, resolveDir: path.dirname(modules), pluginData: { own: true } });
  return found.errors.length > 0 ? refuse(args.path, 'that package has no such part') : found;
}

async function ownPackage(build, args, kit, modules) {
  const found = await build.resolve(`.${args.path.slice('@autograph/kit'.length)}`, {
    kind: args.kind,
    resolveDir: kit,
    pluginData: { own: true },
  });
  if (found.errors.length === 0) return found;
  return args.namespace === TREE ? refuse(args.path, 'the kit has no such part') : packaged(build, args, modules);
}

function refuse(written, reason) {
  return { errors: [{ detail: 'import', text: `"${written}" can't be imported: ${reason}` }] };
}
