/**
 * The page that loads a bundle.
 *
 * Invariant: nothing is written inline, so a content security policy can forbid inline scripts.
 */

/** The page of an app that brings none of its own. */
export function writtenPage({ title, language, script, style }) {
  return `<!doctype html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
${links(style)}
</head>
<body>
<div id="root"></div>
<script type="module" src="${script}"></script>
</body>
</html>
`;
}

/** An app's own page with the bundle in place of the entry it names, or at the end of the body. */
export function completedPage(html, { script, style }) {
  const entry = /(<script\b[^>]*\bsrc=)(["'])(?:\.?\/)?src\/main\.[a-z]+\2/i;
  const tag = `<script type="module" src="${script}"></script>`;
  const loaded = entry.test(html) ? html.replace(entry, `$1$2${script}$2`) : before(html, /<\/body>/i, tag);
  return before(loaded, /<\/head>/i, links(style));
}

function links(style) {
  const sheet = style ? `<link rel="stylesheet" href="${style}">\n` : '';
  return `${sheet}<link rel="modulepreload" href="/backend.did.js">`;
}

function before(html, mark, text) {
  const at = html.search(mark);
  return at < 0 ? `${html}\n${text}\n` : `${html.slice(0, at)}${text}\n${html.slice(at)}`;
}

function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}
