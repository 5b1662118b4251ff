/**
 * The live app, framed. It is a stranger's page: it runs on its own origin, in a sandbox that can't move this page.
 */
import { useState } from "react";
import type { Reading } from "../request";
import { t } from "../texts";
import { Failure } from "../ui/failure";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/page";

interface Framed {
  title: string;
  /** The frame is loaded anew when this changes. */
  revision: number;
  entry: Reading<{ url: string }>;
}

export function Preview({ title, revision, entry }: Framed) {
  const [turn, setTurn] = useState(0);
  const url = entry.data?.url;
  return (
    <section className="preview" aria-label={t.preview.title}>
      <header className="preview-bar">
        <span className="live-badge" title={t.preview.liveText}>
          {t.preview.live}
        </span>
        <span className="preview-url">{url ? address(url) : ""}</span>
        <button
          type="button"
          className="button ghost square"
          aria-label={t.preview.reload}
          onClick={() => {
            setTurn(turn + 1);
            entry.reload();
          }}
        >
          <Icon name="reload" size={18} />
        </button>
      </header>
      <div className="preview-frame">
        {url ? (
          <iframe
            key={`${revision} ${turn} ${url}`}
            src={url}
            title={t.preview.frame(title)}
            sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads"
            allow="clipboard-write; fullscreen"
            referrerPolicy="no-referrer"
          />
        ) : entry.error !== undefined ? (
          <Failure error={entry.error} onRetry={entry.reload} />
        ) : (
          <Waiting text={t.preview.loading} />
        )}
      </div>
    </section>
  );
}

/** The address without the token that lets the owner in. */
function address(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}
