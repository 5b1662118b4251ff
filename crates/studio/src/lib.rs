//! The web interface, carried inside the binary: `web/dist` as `npm run build` left it, and how it is served.
//!
//! Nothing here knows what the studio shows or whom it lets in; the pages are the same for everyone and hold no
//! secret. Every answer carries the content security policy: pages run the studio's own scripts only, talk to the
//! node only, may frame apps of this machine only, and may be framed by nobody.
//!
//! The pages are TypeScript in `web/`: a folder for each screen, `api.ts` as the only way to the node, `texts/` for
//! every word. `npm ci && npm run build` there makes `dist/`; `npm run dev` serves it against a stand-in for the node;
//! `npm test` walks through it in Chromium.

mod pages;

pub use pages::routes;
