/**
 * Everything within one app: its bar, its menu and the screen that the address names.
 *
 * The entry link is asked for once and shared by the preview and the "open" button, because a link may let a browser
 * in for good, and one is enough.
 */
import { useState } from "react";
import { link, show } from "../api";
import { Access } from "../access/access";
import { Talk } from "../conversation/talk";
import { Data } from "../data/data";
import { History } from "../history/history";
import { Logs } from "../logs/logs";
import { People } from "../people/people";
import { useReading } from "../request";
import { useArrival, type AppScreen } from "../router";
import { useRun, useRunEnd } from "../runs";
import { Settings } from "../settings/settings";
import { t } from "../texts";
import { Guard } from "../ui/failure";
import { useNarrow } from "../ui/media";
import { Damaged } from "./damaged";
import { Failing } from "./failing";
import { Menu } from "./menu";
import { TopBar } from "./top-bar";

export function AppFrame({ app, screen }: { app: string; screen: AppScreen }) {
  const run = useRun(app);
  const [revision, setRevision] = useState(0);
  const detail = useReading(`show ${app}`, (call) => show(app, call));
  const entry = useReading(`link ${app}`, (call) => link(app, call));
  const narrow = useNarrow();
  const title = detail.data?.title ?? app;
  // A change that went live may have changed the title, and the preview shows the version before it.
  useRunEnd(run, () => {
    if (run?.outcome && run.outcome.outcome !== "live") return;
    detail.reload();
    setRevision((n) => n + 1);
  });
  // On a wide window the preview is part of the conversation's screen.
  const drawn = screen === "preview" && !narrow ? "talk" : screen;
  const damage = detail.data?.damage;
  const watch = damage ? null : detail.data?.watch;
  const staged = !damage && (drawn === "talk" || drawn === "preview");
  useArrival(`${t.menu[drawn]}: ${title} · ${t.product}`, `${app} ${drawn}`);

  return (
    <div className="app-frame">
      <TopBar app={{ app, title }} url={entry.data?.url} />
      <Menu app={app} screen={drawn} narrow={narrow} />
      <main id="content" className={staged ? "stage" : "scroll"} tabIndex={-1}>
        {damage && <Damaged app={app} what={damage} />}
        {watch && <Failing app={app} watch={watch} />}
        <Guard key={drawn}>
          {staged && (
            <Talk app={app} title={title} revision={revision} entry={entry} narrow={narrow} side={drawn === "preview" ? "preview" : "talk"} />
          )}
          {drawn === "history" && <History app={app} />}
          {drawn === "people" && <People app={app} />}
          {drawn === "access" && <Access app={app} />}
          {drawn === "data" && <Data app={app} />}
          {drawn === "logs" && <Logs app={app} />}
          {drawn === "settings" && <Settings app={app} detail={detail} />}
        </Guard>
      </main>
    </div>
  );
}
