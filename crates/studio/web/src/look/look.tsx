/**
 * The looking glass: the app as somebody else, or as it was, in a frame under a strip that says so.
 *
 * What is framed is a copy that the node made for this look. It has an origin of its own, like the app itself.
 */
import { useState } from "react";
import { look, type Look } from "../api";
import { useDoing } from "../request";
import { t } from "../texts";
import { Dialog } from "../ui/dialog";
import { Failure } from "../ui/failure";

interface Wanted {
  app: string;
  /** A role or a member, or a version. */
  at: { as: string } | { version: number };
  children: string;
  /** What the button is called where its words alone would not do. */
  label?: string;
}

/** Opens a look. */
export function LookButton({ app, at, children, label }: Wanted) {
  const [open, setOpen] = useState<Look>();
  const doing = useDoing();
  const begin = () => doing.act(async () => setOpen(await look(app, at)));
  return (
    <>
      <button type="button" className="button small" aria-label={label} disabled={doing.busy} onClick={() => void begin()}>
        {children}
      </button>
      <Failure error={doing.error} onRetry={() => void begin()} />
      {open && <Glass look={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Glass({ look, onClose }: { look: Look; onClose: () => void }) {
  return (
    <Dialog title={t.look.title} onClose={onClose}>
      <p className="look-strip" role="status">
        {look.message}
      </p>
      <iframe
        className="look-frame"
        src={look.url}
        title={t.look.frame}
        sandbox="allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"
        referrerPolicy="no-referrer"
      />
      <p className="quiet">
        <a href={look.url} target="_blank" rel="noreferrer">
          {t.look.tab}
        </a>{" "}
        · {t.look.over}
      </p>
    </Dialog>
  );
}
